// Makes one output turn. It speaks Jupyter's own protocol to the kernel: the page that shows the notebook may do so.
function bregmaOutput(root) {
  const find = (selector) => root.querySelector(selector);
  const make = (tag, parts, parent) => { const made = Object.assign(document.createElement(tag), parts); parent.append(made); return made; };
  const note = (words) => { find(".note").textContent = words; };
  const way = JSON.parse(root.dataset.way);
  const stage = find(".stage"), image = find("img");

  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
  const base = config.baseUrl || document.body.dataset.baseUrl || "";
  if (way.page) { openPage(); return; }
  if (!base || !way.kernel) {
    note("This is a still picture: what shows this notebook has no way to its kernel. scene.show(\"file\") turns without one.");
    return;
  }

  const session = crypto.randomUUID?.() || String(Math.random()).slice(2), comm = session + "-comm";
  const address = new URL(`${base}api/kernels/${way.kernel}/channels?session_id=${session}`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  let count = 0, busy = false, live = false, told = { time: {} }, built = "";
  const waiting = [];

  const say = (kind, content) => socket.send(JSON.stringify({
    header: { msg_id: `${session}-${count++}`, msg_type: kind, username: "", session, date: new Date().toISOString(), version: "5.3" },
    parent_header: {}, metadata: {}, buffers: [], channel: "shell", content: { comm_id: comm, ...content },
  }));
  // One message is on its way at a time; of moves that wait, only the last one matters.
  const ask = (message) => {
    const last = waiting[waiting.length - 1];
    if (last && last.do === message.do && ["move", "seek", "fade", "resize", "tick"].includes(message.do)) waiting.pop();
    waiting.push(message);
    go();
  };
  const go = () => {
    if (busy || !waiting.length || socket.readyState !== WebSocket.OPEN) return;
    busy = true;
    say("comm_msg", { data: waiting.shift() });
  };

  socket.onopen = () => {
    say("comm_open", { target_name: way.target, data: {} });
    ask({ do: "resize", width: stage.clientWidth, height: 560 });
    setTimeout(() => { if (!live) note("The kernel has not answered yet; it may be busy, or be another one than drew this: run the cell again."); }, 6000);
  };
  socket.onclose = () => { note("The connection to the kernel has ended; run the cell again to turn this."); root.dataset.state = "ended"; };
  socket.onmessage = (event) => {
    if (typeof event.data !== "string") return;
    const message = JSON.parse(event.data), content = message.content || {};
    if (content.comm_id !== comm) return;
    if (message.msg_type === "comm_close") { note("The kernel no longer knows this output; run the cell again."); return; }
    if (message.msg_type !== "comm_msg") return;
    busy = false;
    receive(content.data);
    go();
  };

  function receive(news) {
    if (!live) begin();
    if (news.picture) { image.src = "data:image/jpeg;base64," + news.picture; root.dataset.pictures = Number(root.dataset.pictures || 0) + 1; }
    if (news.scene) { told = news.scene; show(); }
    if (news.hover !== undefined) note(news.hover || told.selected || "");
    if (news.problem) note(news.problem);
    if (told.time.playing && !waiting.length) setTimeout(() => ask({ do: "tick" }), 15);
  }

  function begin() {
    live = true;
    root.dataset.state = "live";
    note("");
    stage.classList.add("live");
    for (const part of root.querySelectorAll(".bar, details")) part.hidden = false;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey };
    };
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      stage.focus({ preventScroll: true });
      ask({ do: "press", button: ["left", "middle", "right"][event.button] || "left", ...at(event) });
    });
    stage.addEventListener("pointermove", (event) => ask({ do: "move", ...at(event) }));
    stage.addEventListener("pointerup", (event) => ask({ do: "release", ...at(event) }));
    stage.addEventListener("contextmenu", (event) => event.preventDefault());
    // The wheel scrolls the notebook until somebody has clicked on the brain.
    stage.addEventListener("wheel", (event) => {
      if (document.activeElement !== stage) return;
      event.preventDefault();
      ask({ do: "scroll", steps: -Math.sign(event.deltaY), ...at(event) });
    }, { passive: false });
    const names = { ArrowLeft: "Left", ArrowRight: "Right", ArrowUp: "Up", ArrowDown: "Down", "+": "plus", "-": "minus", " ": "space", PageUp: "Prior", PageDown: "Next" };
    stage.addEventListener("keydown", (event) => {
      if (event.key === "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      ask({ do: "key", key: names[event.key] || event.key, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey });
    });
    new ResizeObserver(() => ask({ do: "resize", width: stage.clientWidth, height: stage.clientHeight })).observe(stage);
    // An output that was cleared is not told so.
    const watch = setInterval(() => {
      if (document.contains(root)) return;
      clearInterval(watch);
      if (socket.readyState === WebSocket.OPEN) say("comm_close", { data: {} });
      socket.close();
    }, 3000);
  }

  function show() {
    const bar = find(".bar"), time = find(".time");
    const shape = JSON.stringify([told.views, told.layers.map((layer) => layer.name), told.time.span, told.time.events]);
    if (shape !== built) { built = shape; build(bar, time); }
    for (const button of bar.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === told.view);
    bar.querySelector("[data-undo]").disabled = !told.canUndo;
    bar.querySelector("[data-redo]").disabled = !told.canRedo;
    told.layers.forEach((layer, index) => {
      const row = find(".layers").children[index];
      row.querySelector("[type=checkbox]").checked = layer.visible;
      const slider = row.querySelector("[type=range]");
      if (document.activeElement !== slider) slider.value = layer.opacity;
      row.querySelector("small").textContent = layer.words;
    });
    if (told.time.span) {
      time.querySelector("button").textContent = told.time.playing ? "Pause" : "Play";
      const slider = time.querySelector("input");
      if (document.activeElement !== slider || told.time.playing) slider.value = told.time.moment;
      time.querySelector("output").textContent = told.time.words;
    }
    if (told.selected) note(told.selected);
  }

  function build(bar, time) {
    bar.replaceChildren();
    time.replaceChildren();
    find(".layers").replaceChildren();
    for (const view of told.views) {
      const button = make("button", { type: "button", textContent: view, onclick: () => ask({ do: "view", view }) }, bar);
      button.dataset.view = view;
    }
    make("button", { type: "button", textContent: "Undo", onclick: () => ask({ do: "undo" }) }, bar).dataset.undo = "";
    make("button", { type: "button", textContent: "Redo", onclick: () => ask({ do: "redo" }) }, bar).dataset.redo = "";
    for (const layer of told.layers) {
      const row = make("div", { className: "layer" }, find(".layers"));
      const box = make("input", { type: "checkbox", ariaLabel: "Show " + layer.name, onchange: () => ask({ do: "show", layer: layer.name, visible: box.checked }) }, row);
      make("i", {}, row).style.background = layer.colour;
      const words = make("span", { textContent: layer.name + " " }, row);
      make("small", {}, words);
      const slider = make("input", { type: "range", min: 0, max: 1, step: 0.01, ariaLabel: "Opacity of " + layer.name, oninput: () => ask({ do: "fade", layer: layer.name, opacity: Number(slider.value) }) }, row);
    }
    time.hidden = !told.time.span;
    if (!told.time.span) return;
    make("button", { type: "button", onclick: () => ask({ do: "play" }) }, time);
    const track = make("div", { className: "track" }, time);
    const [min, max] = told.time.span;
    const slider = make("input", { type: "range", min, max, step: told.time.step, ariaLabel: "Moment", oninput: () => ask({ do: "seek", moment: Number(slider.value) }) }, track);
    for (const event of told.time.events) {
      const mark = make("span", { className: "mark", title: event.label }, track);
      mark.style.left = event.place + "%";
      mark.style.background = event.colour;
    }
    make("output", {}, time);
  }

  // The page that the kernel serves: here, or through Jupyter's own server.
  async function openPage() {
    const { port, token, proof } = way.page;
    const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
    const ways = [...(here ? [`http://${location.hostname}:${port}/`] : []), ...(base ? [new URL(`${base}proxy/${port}/`, location.href).href] : [])];
    // The kernel serves the page once the cell is done: ask several times.
    for (const address of Array(6).fill(ways).flat()) {
      try {
        // Whoever answers there proves first that it is our page: others do not learn the token.
        const answer = await fetch(address + "alive", { signal: AbortSignal.timeout(4000) });
        if (!answer.ok || (await answer.text()) !== proof) throw new Error("this is not the page");
      } catch { await new Promise((go) => setTimeout(go, 500)); continue; }
      make("iframe", { src: `${address}?token=${token}`, title: "A brain in 3D", allow: "fullscreen" }, stage);
      image.hidden = true;
      root.dataset.state = "live";
      note("");
      return;
    }
    note("This is a still picture: the kernel's page cannot be reached from here (jupyter-server-proxy would bring it). scene.show() needs no way to it.");
    root.dataset.state = "still";
  }
}
