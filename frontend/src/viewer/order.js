// The order in which a person walks through a diagram with the arrow keys: along the flow, from its start.

// The flow nodes shown on one plane, in reading order. `given` is the server's order of element ids, which wins where
// it names them, so that "steg 4" here is row 4 of the list beside the diagram.
export function readingOrder(elementRegistry, root, given = []) {
  const shapes = elementRegistry.filter((element) => isFlowNode(element) && planeOf(element) === root);
  const ordered = alongTheFlow(shapes);
  const rank = new Map(given.map((id, index) => [id, index]));
  const rankOf = (shape) => rank.get(shape.id) ?? given.length;
  return ordered.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function isFlowNode(element) {
  return !element.labelTarget && Boolean(element.businessObject?.$instanceOf?.("bpmn:FlowNode"));
}

function planeOf(element) {
  return element.parent ? planeOf(element.parent) : element;
}

// Reverse postorder of a depth-first walk: a step comes after all that lead to it, except along the arrow that closes
// a loop; of two branches the upper one comes first. Steps that no start leads to come last.
function alongTheFlow(shapes) {
  const members = new Set(shapes);
  const followersOf = (shape) =>
    [...shape.outgoing.map((flow) => flow.target), ...(shape.attachers ?? []), ...(shape.children ?? [])].filter(
      (follower) => members.has(follower),
    );
  const led = new Set(shapes.flatMap(followersOf));
  const seen = new Set();
  const walk = (starts) => {
    const finished = [];
    const visit = (shape) => {
      if (!seen.has(shape)) {
        seen.add(shape);
        followersOf(shape).toSorted(lastPlacedFirst).forEach(visit);
        finished.push(shape);
      }
    };
    starts.toSorted(lastPlacedFirst).forEach(visit);
    return finished.toReversed();
  };
  return [...walk(shapes.filter((shape) => !led.has(shape))), ...walk(shapes)];
}

// From the top down, then from left to right, reversed.
function lastPlacedFirst(a, b) {
  return middle(b.y, b.height) - middle(a.y, a.height) || b.x - a.x;
}

function middle(start, length) {
  return start + length / 2;
}
