// The controls of a page that was saved: layers, views, scale bar, labels. vtk.js itself is `renderWindow`.
// How much more is shown from top to bottom than the camera was placed for; objects of vtk.js take no fields.
let fitted = 1;
const byId = (id) => document.getElementById(id);
const make = (tag, parts = {}, parent) => {
  const made = Object.assign(document.createElement(tag), parts);
  parent?.append(made);
  return made;
};

function begin(container, patience = 200) {
  window.renderWindow = window.global?.renderWindow;
  if (!container.querySelector("canvas") || !hasArrived()) {
    if (patience > 0) setTimeout(begin, 50, container, patience - 1);
    else complain("This browser did not open the scene. It needs WebGL 2: try another browser.");
    return;
  }
  const renderer = findRenderer();
  const canvas = container.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", document.title);
  const props = renderer.getViewProps();
  const draw = () => { renderWindow.render(); follow(renderer, container); };
  about.rows.forEach((row) => listLayer(row, props, draw));
  about.bars.forEach(listBar);
  about.notes.forEach((note) => make("li", { textContent: note }, byId("notes")));
  listViews(renderer, container, draw);
  about.labels.forEach((label) => {
    label.element = make("span", { textContent: label.text }, byId("labels"));
    label.element.style.color = label.colour;
  });
  look(renderer, container, about.camera);
  renderer.getActiveCamera().onModified(() => requestAnimationFrame(() => follow(renderer, container)));
  new ResizeObserver(() => requestAnimationFrame(() => { fit(renderer, container); draw(); })).observe(container);
  addEventListener("keydown", (event) => turn(event, renderer, draw));
  draw();
  document.body.dataset.ready = "yes";
}

// vtk.js makes an empty one of its own.
function findRenderer() {
  return window.renderWindow?.getRenderers().find((one) => one.getViewProps().length);
}

// The arrays arrive one after the other, later than the objects that hold them.
function hasArrived() {
  const props = findRenderer()?.getViewProps() ?? [];
  return props.length === about.count && props.every((prop) => {
    const data = prop.getMapper()?.getInputData();
    return prop.isA("vtkVolume") ? data?.getPointData().getScalars() : data?.getPoints().getNumberOfPoints();
  });
}

function complain(words) {
  byId("problem").textContent = words;
  byId("problem").hidden = false;
}

function listLayer(row, props, draw) {
  const mine = row.props.map((index) => props[index]);
  const show = (visible) => mine.forEach((prop) => prop.setVisibility(visible));
  show(row.visible);
  const item = make("li", {}, byId("layers"));
  const box = make("input", { type: "checkbox", checked: row.visible, id: "show-" + row.props[0] }, item);
  make("span", { className: "dot" }, item).style.background = row.colour;
  make("label", { textContent: row.name, htmlFor: box.id }, item);
  if (row.words !== row.name) make("small", { textContent: row.words }, item);
  box.addEventListener("change", () => { show(box.checked); draw(); });
  if (!row.fades) return;
  const slider = make("input", { type: "range", min: 0, max: 1, step: 0.01, value: row.opacity }, item);
  slider.setAttribute("aria-label", "Opacity of " + row.name);
  slider.addEventListener("input", () => {
    mine.forEach((prop) => prop.getProperty().setOpacity(Number(slider.value)));
    draw();
  });
}

function listBar(bar) {
  const box = make("div", { className: "bar" }, byId("bars"));
  make("div", { textContent: bar.label }, box);
  make("i", {}, box).style.background = bar.colour;
  const ends = make("span", {}, box);
  for (const end of [bar.low, bar.high]) make("b", { textContent: end }, ends);
}

function listViews(renderer, container, draw) {
  Object.entries(about.views).forEach(([name, camera]) => {
    const button = make("button", { type: "button", textContent: name }, byId("views"));
    button.setAttribute("aria-pressed", name === about.view);
    button.addEventListener("click", () => {
      for (const other of byId("views").children) other.setAttribute("aria-pressed", other === button);
      look(renderer, container, camera);
      draw();
    });
  });
}

function look(renderer, container, wanted) {
  renderer.getActiveCamera().set(wanted);
  fitted = 1;
  fit(renderer, container);
}

// The camera was placed for a square; a narrow window shows less from side to side, so more from top to bottom.
function fit(renderer, container) {
  const camera = renderer.getActiveCamera();
  const wanted = Math.max(1, container.clientHeight / Math.max(container.clientWidth, 1));
  camera.setParallelScale((camera.getParallelScale() * wanted) / fitted);
  fitted = wanted;
  renderer.resetCameraClippingRange();
}

function turn(event, renderer, draw) {
  const camera = renderer.getActiveCamera();
  const moves = {
    ArrowLeft: () => camera.azimuth(10),
    ArrowRight: () => camera.azimuth(-10),
    ArrowUp: () => camera.elevation(-10),
    ArrowDown: () => camera.elevation(10),
    "+": () => camera.zoom(1.1),
    "-": () => camera.zoom(1 / 1.1),
  };
  if (!moves[event.key] || event.target.closest?.("input, summary")) return;
  event.preventDefault();
  moves[event.key]();
  camera.orthogonalizeViewUp();
  renderer.resetCameraClippingRange();
  draw();
}

function follow(renderer, container) {
  const camera = renderer.getActiveCamera();
  const pixelsPerMm = container.clientHeight / 2 / camera.getParallelScale();
  byId("scale").hidden = !about.scaleBar || !camera.getParallelProjection();
  byId("scale").firstElementChild.style.width = 2 * pixelsPerMm + "px";
  const aspect = container.clientWidth / container.clientHeight;
  about.labels.forEach((label) => {
    const [x, y] = renderer.worldToNormalizedDisplay(...label.xyz, aspect);
    label.element.style.left = x * 100 + "%";
    label.element.style.top = (1 - y) * 100 + "%";
  });
}
