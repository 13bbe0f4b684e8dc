// Shows where the instance stands: a class that colours and dashes the shape, and a chip that says it in words.

const signs = { completed: "✓", active: "●", late: "!", failed: "✕" };

// `elements`: [{id, status, label}]. Unknown ids are skipped: an old instance may tell of a step the diagram lost.
export function showStatus(viewer, elements) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const { id, status, label } of elements) {
    const shape = registry.get(id);
    if (shape && status in signs) {
      canvas.addMarker(shape, `status-${status}`);
      overlays.add(shape, "status", {
        position: chipPosition(shape),
        html: chip(status, label, placeOf(shape)),
        scale: { min: 0.62, max: 1.1 },
      });
    }
  }
}

// On the upper edge of the shape: below it are its name, when it is an event, and the events on its border. Beside an
// event that itself sits on a border.
function placeOf(shape) {
  if (shape.host) {
    return "beside";
  }
  return shape.width < 60 ? "above" : "edge";
}

function chipPosition(shape) {
  return {
    beside: { top: shape.height / 2, left: shape.width + 4 },
    above: { top: -3, left: shape.width / 2 },
    edge: { top: 5, left: -3 },
  }[placeOf(shape)];
}

function chip(status, label, place) {
  const element = document.createElement("span");
  const sign = document.createElement("span");
  element.className = `diagram-chip diagram-chip-${status} diagram-chip-${place}`;
  sign.className = "diagram-chip-sign";
  sign.textContent = signs[status];
  // The words are part of the spoken name of the shape itself.
  element.setAttribute("aria-hidden", "true");
  element.append(sign);
  // Beside a small shape the tick is enough: its words would cover what stands around it.
  if (status !== "completed" || place === "edge") {
    element.append(label);
  }
  return element;
}
