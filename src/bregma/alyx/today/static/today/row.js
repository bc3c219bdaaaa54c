// One mouse on the page: its fields, what is due by them, and the entries of this phone.
import { dueFor, isImplausible, percentOf, readAmount, toneOf } from "./formulae.js";

const MUCH_WATER = 3, SECOND_TAP = 700, PAUSE = 350;
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hour12: false });

export class Row {
  constructor(card, outbox, dueUrl) {
    this.card = card;
    this.outbox = outbox;
    this.dueUrl = dueUrl;
    this.facts = JSON.parse(card.dataset.facts);
    this.rendered = new Set(this.facts.entries);
    this.mouse = { subject: card.dataset.mouse, nickname: card.dataset.name };
    this.find = (selector) => card.querySelector(selector);
    this.weight = this.find("[name=weight]");
    this.water = this.find("[name=water]");
    this.last = { at: 0 };
    this.wasDone = card.classList.contains("is-done");
    this.#listen();
    this.update();
  }

  #listen() {
    for (const step of this.card.querySelectorAll("[data-step]")) {
      step.hidden = false;
      step.addEventListener("click", () => this.#step(Number(step.dataset.step)));
    }
    this.weight.addEventListener("input", () => { this.#settleDoubt(); this.water.dataset.own = ""; this.update(); this.#ask(); });
    this.water.addEventListener("input", () => { this.#settleDoubt(); this.water.dataset.own = "yes"; this.update(); });
    this.find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const gives = event.submitter === this.find("[data-give]") || document.activeElement === this.water;
      this.#once(gives ? "give" : "weigh", "finger", () => (gives ? this.give() : this.weigh()));
    });
    for (const field of [this.weight, this.water]) {
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        const gives = field === this.water;
        this.#once(gives ? "give" : "weigh", "key", () => {
          const went = gives ? this.give() : this.weigh();
          if (went) this.card.dispatchEvent(new CustomEvent("next", { bubbles: true }));
        });
      });
    }
    this.find("[data-unsure]").addEventListener("click", () => { const field = this.asked ?? this.weight; this.#settleDoubt(); field.focus(); field.select(); });
    this.find("[data-sure]").addEventListener("click", () => { const { sure } = this; this.#settleDoubt(); sure?.(); });
  }

  // Two taps of one finger are one, even where the first moved another button below it.
  #once(what, by, act) {
    const { last } = this;
    if (Date.now() - last.at < SECOND_TAP && (last.what === what || last.by === by)) return;
    this.last = { what, by, at: Date.now() };
    act();
  }

  #step(sign) {
    const now = readAmount(this.weight.value) ?? (this.facts.last || 20);
    this.weight.value = ((Math.round(now * 10) + sign) / 10).toFixed(1);
    this.weight.dispatchEvent(new Event("input"));
  }

  weigh() {
    const grams = readAmount(this.weight.value);
    if (!grams) return this.#complain(this.weight, "Type the weight in grams, such as 23.4.");
    const keep = () => { this.outbox.add("weight", this.mouse, grams); this.weight.value = ""; this.update(); return true; };
    if (!isImplausible(grams, this.facts)) return keep();
    const share = Math.round((100 * Math.abs(grams - this.facts.last)) / this.facts.last);
    return this.#doubt(this.weight, `${grams} g is ${share} % ${grams > this.facts.last ? "more" : "less"} than the ${this.facts.last.toFixed(1)} g before. Is it right?`, `Yes, ${grams} g`, keep);
  }

  give() {
    const amount = readAmount(this.water.value);
    if (!amount) return this.#complain(this.water, "Type the water in millilitres, such as 0.8.");
    const keep = () => { this.outbox.add("water", this.mouse, amount); this.water.dataset.own = ""; this.update(); return true; };
    const sure = () => (amount > MUCH_WATER ? this.#doubt(this.water, `${amount} mL is much for a day. Is it right?`, `Yes, ${amount} mL`, keep) : keep());
    if (!this.weight.value.trim()) return sure();
    if (this.weigh()) return sure();
    const weighed = this.sure;
    if (weighed) this.sure = () => weighed() && sure();
    return false;
  }

  // Entries of this phone that the page does not show by itself, and that are of its day.
  local() {
    const { since } = this.#day();
    return this.outbox.all().filter((entry) =>
      entry.subject === this.mouse.subject && !this.rendered.has(entry.id) && (Date.parse(entry.made) >= since || entry.state !== "sent"));
  }

  // The day of the page; a page that was kept since yesterday knows nothing of today.
  #day() {
    const until = Date.parse(this.facts.until), isOld = Date.now() >= until;
    return { since: isOld ? until : Date.parse(this.facts.since), isOld };
  }

  update() {
    const local = this.local(), { since, isOld } = this.#day();
    const isNew = (entry) => !this.facts.entries.includes(entry.id) && entry.state !== "refused";
    const counted = local.filter((entry) => isNew(entry) && Date.parse(entry.made) >= since);
    const weights = counted.filter((entry) => entry.kind === "weight");
    const waters = counted.filter((entry) => entry.kind === "water");
    const given = waters.reduce((sum, entry) => sum + entry.amount, isOld ? 0 : this.facts.given);
    const typed = readAmount(this.weight.value);
    const grams = typed || weights.at(-1)?.amount || this.facts.last;
    this.weighed = weights.length > 0 || (this.facts.weighed && !isOld);
    this.due = grams ? Math.max(dueFor(grams, this.facts, given), 0) : 0;
    this.#show({ typed, grams, given });
    this.#list(local);
  }

  #show({ typed, grams, given }) {
    const watered = grams > 0 && this.due < this.facts.enough, done = this.weighed && watered && !typed;
    if (this.water.dataset.own !== "yes") this.water.value = this.due < this.facts.enough ? "" : this.due.toFixed(2);
    const amount = readAmount(this.water.value);
    const verb = typed ? "Save and give" : "Give";
    this.find("[data-give-words]").textContent = amount ? `${verb} ${amount.toFixed(2)} mL` : verb;
    this.#say(typed, grams, given);
    this.#showPercent(grams);
    this.card.classList.toggle("is-weighed", this.weighed);
    this.card.classList.toggle("is-watered", watered);
    this.card.classList.toggle("is-done", done);
    if (this.weighed !== this.wasWeighed) this.find(".weigh").open = !this.weighed;
    if (done !== this.wasDone) this.find(".more-entries").open = !done;
    this.wasDone = done;
    this.wasWeighed = this.weighed;
    this.done = done;
  }

  #say(typed, grams, given) {
    const says = this.find("[data-says]");
    if (!grams) { says.textContent = "Weigh it first: its weight tells how much water is due."; return; }
    const due = document.createElement("strong");
    due.textContent = `${this.due.toFixed(2)} mL`;
    const rest = [given ? `, ${given.toFixed(2)} mL given` : "", this.weighed || typed ? "" : ", by the last weight"];
    says.replaceChildren("Due ", due, `${rest.join("")}.`);
  }

  #showPercent(grams) {
    const badge = this.find("[data-percent]"), percent = grams ? percentOf(grams, this.facts) : 0;
    badge.hidden = !percent;
    badge.textContent = `${percent.toFixed(0)} %`;
    badge.className = `badge badge-${toneOf(percent, this.facts)}`;
  }

  #list(local) {
    const list = this.find(".entries");
    list.querySelectorAll("[data-local]").forEach((line) => line.remove());
    list.append(...local.map((entry) => lineOf(entry, this.outbox)));
  }

  // Ask the server as well: others may have given water since the page was made.
  #ask() {
    clearTimeout(this.timer);
    const grams = readAmount(this.weight.value);
    if (!grams || !navigator.onLine) return;
    this.timer = setTimeout(async () => {
      const url = `${this.dueUrl.replace(/0{8}-(0{4}-){3}0{12}/, this.mouse.subject)}?weight=${grams}`;
      try {
        const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout?.(5000) });
        const told = answer.ok ? await answer.json() : null;
        if (told?.entries && !this.#day().isOld) { this.#learn(told); }
      } catch { /* the numbers in the row do without */ }
    }, PAUSE);
  }

  #learn({ given, entries, last, weighed }) {
    Object.assign(this.facts, { given, entries, last, weighed });
    this.update();
  }

  #complain(field, words) {
    this.#doubt(field, words, "", null);
    field.focus();
    return false;
  }

  #doubt(field, words, yes, sure) {
    const box = this.find("[data-doubt]"), button = this.find("[data-sure]");
    box.querySelector("p").textContent = words;
    this.find("[data-unsure]").hidden = button.hidden = !yes;
    button.textContent = yes;
    box.hidden = false;
    this.sure = sure;
    this.asked = field;
    field.setAttribute("aria-invalid", "true");
    if (yes) button.focus();
    return false;
  }

  #settleDoubt() {
    this.find("[data-doubt]").hidden = true;
    this.sure = null;
    this.asked = null;
    for (const field of [this.weight, this.water]) field.removeAttribute("aria-invalid");
  }
}

const STATES = { waiting: "saved on this phone, not sent yet", sent: "sent" };

// One line: what, when, its state in words, and the way out where it was refused.
export function lineOf(entry, outbox, name = "") {
  const line = document.createElement("li");
  line.dataset.local = entry.state;
  const what = document.createElement("strong");
  what.textContent = `${name}${amountOf(entry)}`;
  const words = document.createElement("span");
  const isOther = entry.by !== outbox.page.person;
  const state = entry.state === "refused" ? `refused: ${entry.words}` : isOther && entry.state === "waiting" ? `waits for ${entry.byName} to log in` : STATES[entry.state];
  words.append(what, ` at ${clock.format(new Date(entry.made))} · ${state}`);
  line.append(words);
  if (entry.state === "refused" && !isOther) line.append(action("Send again", () => outbox.again(entry)));
  const isFree = entry.state === "refused" || (entry.state === "waiting" && entry.tries === 0);
  if (isFree && !isOther) line.append(action(entry.state === "refused" ? "Throw away" : "Take back", () => outbox.drop(entry)));
  return line;
}

function amountOf(entry) {
  return entry.kind === "weight" ? `${entry.amount.toFixed(1)} g` : `${entry.amount.toFixed(2)} mL`;
}

function action(words, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: words });
  button.addEventListener("click", act);
  return button;
}
