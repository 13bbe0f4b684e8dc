// The diagram viewer: an island on pages that otherwise need no JavaScript.
//
//   <figure class="diagram" data-bpmn-url="…" data-state-url="…" data-name="Lägesbild 2027"></figure>
//
// The first address gives BPMN 2.0 XML, the second
//   {"elements": [{"id": "…", "status": "completed" | "active" | "late" | "failed", "label": "Försenad · 3 dagar"}],
//    "steps": ["…"]}
// where `steps`, when it is there, is the order of the steps in the list beside the diagram.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { showStatus } from "./status.js";
import { makeWalkable } from "./walk.js";
import { words } from "./words.js";

const smallestReadable = 0.62;
const labelWidth = 90;

for (const figure of document.querySelectorAll("figure.diagram[data-bpmn-url]")) {
  mount(figure);
}

async function mount(figure) {
  const frame = make("div", "diagram-canvas");
  const spoken = make("p", "diagram-spoken");
  spoken.textContent = words.hint;
  figure.prepend(frame, spoken);
  try {
    const [xml, state] = await Promise.all([load(figure.dataset.bpmnUrl, "text"), loadState(figure)]);
    await show(figure, frame, spoken, xml, state);
  } catch (error) {
    frame.remove();
    spoken.textContent = words.unavailable;
    spoken.setAttribute("role", "status");
    throw error;
  }
}

async function show(figure, frame, spoken, xml, state) {
  // The letters stay bpmn-js's own (Arial): that is what modellers measure with when they place a label.
  const viewer = new NavigatedViewer({
    container: frame,
    bpmnRenderer: {
      defaultFillColor: "var(--diagram-fill)",
      defaultStrokeColor: "var(--diagram-stroke)",
      defaultLabelColor: "var(--diagram-text)",
    },
    additionalModules: [{ translate: ["value", translate] }],
  });
  leaveWheelToThePage(frame);
  await viewer.importXML(xml);
  widenLabels(viewer);
  markLanguage(frame);
  const name = figure.dataset.name || words.fallbackName;
  fit(viewer, frame, state);
  showStatus(viewer, state.elements);
  const walk = makeWalkable(viewer, state, name, spoken);
  figure.prepend(toolbar(viewer, walk));
  dragByTouch(viewer, frame);
}

// A name beside its shape is as wide as the tool that drew it found it to be, with the letters of that computer. With
// other letters it would break inside a word: give every name the width that bpmn-js gives a new one.
function widenLabels(viewer) {
  const registry = viewer.get("elementRegistry");
  for (const label of registry.filter((element) => element.labelTarget && element.width < labelWidth)) {
    label.x -= (labelWidth - label.width) / 2;
    label.width = labelWidth;
    viewer.get("graphicsFactory").update("shape", label, registry.getGraphics(label));
  }
}

// What stands in the drawing is Swedish whatever language the page is in.
function markLanguage(frame) {
  for (const text of frame.querySelectorAll("svg text")) {
    text.setAttribute("lang", "sv");
  }
}

// As high as the whole diagram needs, within reason; and on a narrow screen not smaller than a person can read, but
// beginning where something is going on.
function fit(viewer, frame, state) {
  const canvas = viewer.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const scale = Math.max(smallestReadable, Math.min(1, (outer.width - 48) / inner.width));
  frame.style.height = `${Math.round(Math.min(620, Math.max(240, inner.height * scale + 96)))}px`;
  canvas.resized();
  showAll(canvas);
  if (canvas.zoom() < smallestReadable) {
    canvas.zoom(smallestReadable);
    const registry = viewer.get("elementRegistry");
    const ongoing = state.elements.find(({ id, status }) => status !== "completed" && registry.get(id));
    const begin = registry.get(ongoing?.id) ?? registry.find((element) => element.type === "bpmn:StartEvent");
    if (begin) {
      canvas.scrollToElement(begin, { top: 60, left: 40, bottom: 60, right: 140 });
    }
  }
}

function showAll(canvas) {
  canvas.zoom("fit-viewport", "auto");
  const zoom = canvas.zoom();
  // A margin, so that nothing touches the frame or lies under the bpmn.io mark.
  canvas.zoom(zoom * 0.96, "auto");
}

function toolbar(viewer, walk) {
  const canvas = viewer.get("canvas");
  const zoomScroll = viewer.get("zoomScroll");
  const bar = make("div", "diagram-toolbar");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words.tools);
  bar.append(
    button("−", words.zoomOut, () => zoomScroll.stepZoom(-1)),
    button("+", words.zoomIn, () => zoomScroll.stepZoom(1)),
    button("", words.zoomFit, () => showAll(canvas)),
    button("", words.previous, walk.previous),
    button("", words.next, walk.next),
  );
  return bar;
}

function button(sign, label, act) {
  const element = make("button", "ds-button diagram-button");
  element.type = "button";
  element.dataset.variant = "secondary";
  element.dataset.size = "sm";
  element.textContent = sign || label;
  if (sign) {
    element.setAttribute("aria-label", label);
    element.title = label;
  }
  element.addEventListener("click", act);
  return element;
}

// The wheel scrolls the page that the diagram stands on; with Ctrl (or a pinch on a touch pad) it zooms.
function leaveWheelToThePage(frame) {
  frame.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) {
        event.stopPropagation();
      }
    },
    { capture: true },
  );
}

// A finger moves the diagram sideways; up and down it moves the page (`touch-action: pan-y` in the style sheet).
function dragByTouch(viewer, frame) {
  let from;
  frame.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "touch" ? event.clientX : undefined;
  });
  frame.addEventListener("pointermove", (event) => {
    if (from !== undefined && event.pointerType === "touch") {
      viewer.get("canvas").scroll({ dx: event.clientX - from, dy: 0 });
      from = event.clientX;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, () => {
      from = undefined;
    });
  }
}

async function loadState(figure) {
  if (!figure.dataset.stateUrl) {
    return { elements: [] };
  }
  const state = await load(figure.dataset.stateUrl, "json");
  return { elements: state.elements ?? [], steps: state.steps ?? [] };
}

async function load(url, as) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  return answer[as]();
}

function translate(template, replacements = {}) {
  const known = template === "Open {element}" ? words.open : template;
  return known.replace(/\{([^}]+)\}/gu, (whole, key) => replacements[key] ?? whole);
}

function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
