// Shared by the parts of the page: the data, functions that make elements, the dialog and the charts.
// targets.js, logo.js and filters.js follow in the same module. Names of targets and motifs are inserted as text, not HTML.

const read = (block) => JSON.parse(document.getElementById(`${block}-data`).textContent);

// Reads a block of JSON that is compressed by gzip and encoded as base64.
async function unpack(block) {
  const bytes = Uint8Array.from(atob(read(block)), (character) => character.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(unpacked).text());
}

const { measures, targets, pairs, models, known, assay_colours: assayColours } = read("page");
const targetsByNumber = new Map(targets.map((target) => [target.index, target]));

const byId = (id) => document.getElementById(id);
const MISSING = "NA";
const figure = (value, digits = 3) => (value == null ? MISSING : value.toFixed(digits));
const signed = (value, digits = 3) => (value > 0 ? "+" : "") + figure(value, digits).replace("-", "−");
const short = (value) => (value == null ? MISSING : Math.abs(value) < 0.001 && value ? value.toExponential(1) : String(+value.toPrecision(3)));
const count = (value) => (value == null ? MISSING : value.toLocaleString("en"));

// Sets attributes, event handlers (names that begin with "on") and children of an HTML or SVG element.
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}
const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// A description list from pairs of a name and a text or element.
const facts = (...rows) =>
  make("dl", {}, ...rows.filter((row) => row).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));

function table(headings, rows, label) {
  const cells = (tag, row) => row.map((value, i) => make(tag, { class: i ? null : "text" }, value));
  const head = make("thead", {}, make("tr", {}, ...cells("th", headings)));
  const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row))));
  return make("div", { class: "scroll" }, make("table", { "aria-label": label }, head, body));
}

// One dialog for targets and filters. Esc, the cross or a click outside closes it; the browser then restores the focus.
const dialog = byId("dialog");
byId("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => byId("dialog-content").replaceChildren());

function show(title, ...content) {
  byId("dialog-title").textContent = title;
  byId("dialog-content").replaceChildren(...content.filter((part) => part != null));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  byId("dialog-title").focus();
}

// Plotly interprets some HTML in its texts, so names are escaped.
const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const line = (x0, y0, x1, y1) => ({ type: "line", x0, y0, x1, y1, layer: "below", line: { color: "#8b95a0", dash: "dot", width: 1 } });

// Draws a chart in `element`: axes with titles and ranges, reference lines (shapes) and a legend.
function chart(element, label, traces, { x, y, shapes = [] }) {
  element.setAttribute("aria-label", label);
  const axis = ({ title, range }) => ({ title: { text: title, standoff: 8 }, range, zeroline: false, gridcolor: "#e6eaee", linecolor: "#8b95a0", ticks: "outside" });
  const layout = {
    xaxis: axis(x), yaxis: axis(y), shapes, hovermode: "closest",
    margin: { l: 60, r: 12, t: 30, b: 80 }, font: { family: "system-ui, DejaVu Sans, sans-serif", size: 12, color: "#1b1f24" },
    showlegend: true, legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0 },
    hoverlabel: { align: "left", namelength: -1 },
  };
  // The buttons are listed because Plotly's default ones include one that sends the chart to a server.
  const modeBarButtons = [["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]];
  return window.Plotly.newPlot(element, traces, layout, { responsive: true, displaylogo: false, plotlyServerURL: "", modeBarButtons });
}

// Charts adapt to the window but not to paper. For printing, they get a size at which two fit side by side.
const resizeCharts = (size) => document.querySelectorAll(".js-plotly-plot").forEach((element) => window.Plotly.relayout(element, size));
addEventListener("beforeprint", () => resizeCharts({ width: 340, height: 360 }));
addEventListener("afterprint", () => resizeCharts({ width: null, height: null, autosize: true }));
