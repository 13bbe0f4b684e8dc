// The words of the diagram viewer. The pages' own words come from the gettext catalogues; these few belong to code
// that runs in the browser, in the language of the page.
const sv = {
  zoomIn: "Förstora",
  zoomOut: "Förminska",
  zoomFit: "Hela bilden",
  previous: "Föregående steg",
  next: "Nästa steg",
  tools: "Visa diagrammet",
  canvas: (name) => `Diagram: ${name}. Gå mellan stegen med piltangenterna.`,
  fallbackName: "processen",
  hint: "Välj Nästa steg, eller piltangenterna i bilden, för att läsa ett steg i taget.",
  step: (kind, name, status, place) => [`${kind}: `, name, `${ending(name)} ${status}.${place ? ` ${place}` : ""}`],
  place: (number, count) => `Steg ${number} av ${count}.`,
  nameless: "utan namn",
  notStarted: "Inte påbörjad",
  unavailable: "Diagrammet kunde inte visas. Alla steg står i listan på den här sidan.",
  open: "Öppna {element}",
  kinds: {
    "bpmn:UserTask": "Användaruppgift",
    "bpmn:ServiceTask": "Automatiskt steg",
    "bpmn:ScriptTask": "Beräkning",
    "bpmn:SendTask": "Skickar meddelande",
    "bpmn:ReceiveTask": "Väntar på meddelande",
    "bpmn:BusinessRuleTask": "Regel",
    "bpmn:ManualTask": "Manuellt steg",
    "bpmn:Task": "Steg",
    "bpmn:CallActivity": "Annan process",
    "bpmn:SubProcess": "Delprocess",
    "bpmn:Transaction": "Delprocess",
    "bpmn:AdHocSubProcess": "Delprocess",
    "bpmn:ExclusiveGateway": "Vägval",
    "bpmn:InclusiveGateway": "Vägval, en eller flera vägar",
    "bpmn:ParallelGateway": "Parallella vägar",
    "bpmn:EventBasedGateway": "Väntar på det som händer först",
    "bpmn:ComplexGateway": "Vägval",
    "bpmn:StartEvent": "Start",
    "bpmn:EndEvent": "Slut",
    "bpmn:BoundaryEvent": "Händelse vid steget",
    "bpmn:IntermediateCatchEvent": "Väntar",
    "bpmn:IntermediateThrowEvent": "Händelse",
  },
  timer: { "bpmn:StartEvent": "Start vid tidpunkt", "bpmn:BoundaryEvent": "Frist", "bpmn:IntermediateCatchEvent": "Väntar på tidpunkt" },
};

const en = {
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomFit: "Whole diagram",
  previous: "Previous step",
  next: "Next step",
  tools: "Show the diagram",
  canvas: (name) => `Diagram: ${name}. Move between the steps with the arrow keys.`,
  fallbackName: "the process",
  hint: "Choose Next step, or the arrow keys in the picture, to read one step at a time.",
  step: (kind, name, status, place) => [`${kind}: `, name, `${ending(name)} ${status}.${place ? ` ${place}` : ""}`],
  place: (number, count) => `Step ${number} of ${count}.`,
  nameless: "unnamed",
  notStarted: "Not started",
  unavailable: "The diagram could not be shown. Every step is in the list on this page.",
  open: "Open {element}",
  kinds: {
    "bpmn:UserTask": "User task",
    "bpmn:ServiceTask": "Automatic step",
    "bpmn:ScriptTask": "Calculation",
    "bpmn:SendTask": "Sends a message",
    "bpmn:ReceiveTask": "Waits for a message",
    "bpmn:BusinessRuleTask": "Rule",
    "bpmn:ManualTask": "Manual step",
    "bpmn:Task": "Step",
    "bpmn:CallActivity": "Another process",
    "bpmn:SubProcess": "Subprocess",
    "bpmn:Transaction": "Subprocess",
    "bpmn:AdHocSubProcess": "Subprocess",
    "bpmn:ExclusiveGateway": "Choice",
    "bpmn:InclusiveGateway": "Choice of one or more ways",
    "bpmn:ParallelGateway": "Parallel ways",
    "bpmn:EventBasedGateway": "Waits for what happens first",
    "bpmn:ComplexGateway": "Choice",
    "bpmn:StartEvent": "Start",
    "bpmn:EndEvent": "End",
    "bpmn:BoundaryEvent": "Event at the step",
    "bpmn:IntermediateCatchEvent": "Waits",
    "bpmn:IntermediateThrowEvent": "Event",
  },
  timer: { "bpmn:StartEvent": "Starts at a time", "bpmn:BoundaryEvent": "Time limit", "bpmn:IntermediateCatchEvent": "Waits until a time" },
};

export const words = document.documentElement.lang === "en" ? en : sv;

// A gateway is often named by a question, which ends itself.
function ending(name) {
  return /[.?!]$/u.test(name) ? "" : ".";
}

// What kind of step a BPMN element is, in plain words.
export function kindOf(businessObject) {
  const type = businessObject.$type;
  const isTimer = businessObject.eventDefinitions?.some((definition) => definition.$type === "bpmn:TimerEventDefinition");
  return (isTimer && words.timer[type]) || words.kinds[type] || words.kinds["bpmn:Task"];
}
