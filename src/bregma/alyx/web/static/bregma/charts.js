// Draws every <figure data-chart data-src>: fetches {spec, datasets, table, note, message} and hands it to Vega.
// Vega runs with its expression interpreter (ast: true), so the page needs no unsafe-eval.

const ERRORS = 1; // of Vega's levels; it warns of every layer that has no rows yet
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function themeConfig() {
  const ink = token("--chart-ink");
  const font = token("--sans");
  return {
    background: token("--surface"),
    font,
    mark: { color: token("--accent") },
    view: { stroke: null },
    axis: {
      labelColor: ink, titleColor: ink, gridColor: token("--chart-grid"), domainColor: token("--line"), tickColor: token("--line"),
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, titlePadding: 8, labelOverlap: true,
    },
    legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, symbolStrokeWidth: 2 },
    header: { labelColor: ink, titleColor: ink },
    style: {
      reference: { color: ink, strokeDash: [4, 4], strokeWidth: 1, opacity: 0.7 },
      zero: { color: token("--line"), strokeWidth: 1.5 },
      ink: { color: token("--ink") },
      quiet: { color: ink },
    },
  };
}

// Columns travel once by name; Vega wants one object per row.
function toRows(columns) {
  const names = Object.keys(columns);
  const length = names.length ? columns[names[0]].length : 0;
  return Array.from({ length }, (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

function toCsv(columns) {
  const names = Object.keys(columns);
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = columns[names[0]].map((_, row) => names.map((name) => cell(columns[name][row])).join(","));
  return [names.join(","), ...lines].join("\n");
}

function download(href, name) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.view = figure.querySelector(".chart-view");
    this.state = figure.querySelector(".chart-state");
    this.note = figure.querySelector("[data-chart-note]");
    this.actions = figure.querySelector(".chart-actions");
    this.fixedNote = this.note?.textContent ?? "";
    figure.addEventListener("chart:load", () => this.load());
    this.actions?.addEventListener("click", (event) => this.save(event.target.dataset.save));
  }

  say(...children) {
    this.state.replaceChildren(...children);
  }

  async load() {
    this.request?.abort();
    const request = (this.request = new AbortController());
    const spinner = Object.assign(document.createElement("span"), { className: "spinner" });
    const words = Object.assign(document.createElement("span"), { className: "sr-only", textContent: "Loading" });
    this.figure.setAttribute("aria-busy", "true");
    this.figure.classList.remove("blank");
    this.say(spinner, words);
    try {
      const response = await fetch(this.figure.dataset.src, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(await reason(response));
      this.payload = await response.json();
      await this.draw();
    } catch (error) {
      if (error.name === "AbortError") return;
      this.fail(error);
    }
  }

  async draw() {
    const { spec, datasets, note, message } = this.payload;
    if (this.note) this.note.textContent = note || this.fixedNote;
    this.result?.finalize();
    this.result = null;
    const drawn = Boolean(spec);
    this.figure.classList.toggle("drawn", drawn);
    this.figure.classList.toggle("blank", !drawn);
    if (this.actions) this.actions.hidden = !drawn;
    if (!drawn) {
      this.view.replaceChildren();
      this.say(Object.assign(document.createElement("span"), { textContent: message || "Nothing to show yet." }));
    } else {
      const rows = Object.fromEntries(Object.entries(datasets).map(([name, columns]) => [name, toRows(columns)]));
      this.result = await window.vegaEmbed(this.view, { ...spec, datasets: rows }, {
        mode: "vega-lite", ast: true, actions: false, defaultStyle: false, renderer: this.figure.dataset.renderer || "svg",
        tooltip: { disableDefaultStyle: true }, config: themeConfig(), logLevel: ERRORS,
      });
      // A layer without rows is a picture without words: nothing that a reader could be told of.
      for (const mark of this.view.querySelectorAll("[role='graphics-symbol']:not([aria-label])")) {
        mark.removeAttribute("role");
        mark.removeAttribute("aria-roledescription");
      }
      this.result.view.addEventListener("click", (_, item) => this.pick(item?.datum));
      this.say();
    }
    this.figure.removeAttribute("aria-busy");
    this.figure.dispatchEvent(new CustomEvent("chart:drawn", { bubbles: true }));
  }

  pick(datum) {
    if (datum) this.figure.dispatchEvent(new CustomEvent("chart:pick", { bubbles: true, detail: datum }));
  }

  fail(error) {
    this.figure.removeAttribute("aria-busy");
    this.figure.classList.remove("drawn");
    if (this.actions) this.actions.hidden = true;
    const words = Object.assign(document.createElement("span"), { textContent: `This chart could not be drawn: ${error.message}` });
    const again = Object.assign(document.createElement("button"), { className: "button button-small", type: "button", textContent: "Try again" });
    again.addEventListener("click", () => this.load());
    this.say(words, again);
  }

  async save(kind) {
    if (!kind || !this.result) return;
    const name = `${this.figure.dataset.file || this.figure.dataset.chart}.${kind}`;
    if (kind === "csv") {
      const columns = this.payload.datasets[this.payload.table];
      const url = URL.createObjectURL(new Blob([toCsv(columns)], { type: "text/csv" }));
      download(url, name);
      URL.revokeObjectURL(url);
    } else {
      download(await this.result.view.toImageURL(kind, kind === "png" ? 2 : 1), name);
    }
  }
}

async function reason(response) {
  if (response.status === 404) return "it is not there, or not for you to see.";
  try {
    const { detail } = await response.json();
    if (detail) return detail;
  } catch { /* not JSON: fall through to the status */ }
  if (response.status === 401 || response.status === 403) return "you are signed out. Reload the page to log in again.";
  return `the server answered ${response.status}.`;
}

const charts = new Map();

function start(root) {
  for (const figure of root.querySelectorAll("figure[data-chart]")) {
    if (charts.has(figure)) continue;
    const chart = new Chart(figure);
    charts.set(figure, chart);
    if (figure.dataset.src) chart.load();
  }
}

document.addEventListener("themechange", () => {
  for (const chart of charts.values()) if (chart.payload) chart.draw().catch((error) => chart.fail(error));
});
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
start(document);
