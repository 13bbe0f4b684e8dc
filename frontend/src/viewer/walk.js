// Makes the shapes of a diagram reachable and readable without a mouse: the canvas is one stop for the Tab key, the
// arrow keys walk through the steps, and each step says what it is and where it stands.
import { readingOrder } from "./order.js";
import { kindOf, words } from "./words.js";

const forward = new Set(["ArrowRight", "ArrowDown"]);
const backward = new Set(["ArrowLeft", "ArrowUp"]);

// Returns {next, previous} for the buttons. `spoken` is the line on the page that repeats, for the eyes, what a
// screen reader says about the step.
export function makeWalkable(viewer, state, name, spoken) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const svg = canvas.getContainer().querySelector(":scope > svg");
  const labels = new Map(state.elements.map((element) => [element.id, element.label]));
  // The list beside the diagram: what has a place in it says so, a gateway between two steps has none.
  const listed = state.steps ?? [];
  let steps = [];
  let current = -1;

  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", words.canvas(name));

  const describe = () => {
    steps = readingOrder(registry, canvas.getRootElement(), state.steps);
    current = -1;
    for (const shape of steps) {
      const graphics = registry.getGraphics(shape);
      graphics.setAttribute("role", "img");
      graphics.setAttribute("tabindex", "-1");
      graphics.setAttribute("aria-label", sentence(shape).join(""));
    }
  };
  // Before the name, the name, after it: the name is Swedish whatever language the page is in.
  const sentence = (shape) => {
    const title = shape.businessObject.name?.replace(/\s+/gu, " ") || words.nameless;
    const status = labels.get(shape.id) ?? words.notStarted;
    const number = listed.indexOf(shape.id) + 1;
    return words.step(kindOf(shape.businessObject), title, status, number && words.place(number, listed.length));
  };
  const goTo = (index) => {
    if (steps.length === 0) {
      return;
    }
    current = Math.max(0, Math.min(steps.length - 1, index));
    const graphics = registry.getGraphics(steps[current]);
    canvas.scrollToElement(steps[current], 60);
    graphics.focus({ preventScroll: true });
    const [before, title, after] = sentence(steps[current]);
    spoken.replaceChildren(before, title === words.nameless ? title : inSwedish(title), after);
    markFocus(svg, graphics, steps[current]);
  };

  svg.addEventListener("keydown", (event) => {
    const target = targetOf(event, current, steps.length);
    if (target !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      goTo(target);
    }
  });
  svg.addEventListener("focusin", (event) => {
    if (event.target === svg) {
      markFocus(svg);
    }
  });
  svg.addEventListener("focusout", () => markFocus(svg));
  viewer.get("eventBus").on("element.click", ({ element }) => {
    const index = steps.indexOf(element.labelTarget ?? element);
    if (index >= 0) {
      goTo(index);
    }
  });
  viewer.get("eventBus").on("root.set", describe);
  describe();
  return { next: () => goTo(current + 1), previous: () => goTo(current < 0 ? 0 : current - 1) };
}

function inSwedish(text) {
  const element = document.createElement("span");
  element.lang = "sv";
  element.textContent = text;
  return element;
}

function targetOf(event, current, count) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
    return undefined;
  }
  if (forward.has(event.key)) {
    return current + 1;
  }
  if (backward.has(event.key)) {
    return current - 1;
  }
  return { Home: 0, End: count - 1 }[event.key];
}

// Browsers differ in how they draw an outline around SVG, so the ring is a shape of its own.
function markFocus(svg, graphics, shape) {
  svg.querySelector(".diagram-focus")?.remove();
  if (graphics) {
    const ring = document.createElementNS(svg.namespaceURI, "rect");
    const box = { x: -7, y: -7, width: shape.width + 14, height: shape.height + 14, rx: 10 };
    for (const [attribute, value] of Object.entries({ class: "diagram-focus", ...box })) {
      ring.setAttribute(attribute, value);
    }
    graphics.append(ring);
  }
}
