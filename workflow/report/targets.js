// Targets: the scatter plots of two models, the table, and the dialog with a target's curves.

const SHOWN = 2; // measures that are shown however narrow the window is
let curves; // promise of all curves, unpacked when the first target is opened

// A curve's coordinates from their differences, which are in units of 1/65535.
function summed(steps) {
  let sum = 0;
  return steps.map((step) => (sum += step) / 65535);
}

// A value and, below it, its interval if it has one.
const valued = (value, [low, high]) =>
  make("span", {}, figure(value), low == null ? null : make("small", {}, `${figure(low)}–${figure(high)}`));

function drawCurves(target, kind, element, drawn) {
  const roc = kind === "roc";
  const area = measures.find((measure) => measure.curve === kind);
  const traces = models.flatMap((model, i) => {
    const steps = drawn[i][target.index]?.[kind];
    if (!steps) return [];
    const name = `${model.name} ${figure(target[area.key][i])}`;
    return [{ x: summed(steps[0]), y: summed(steps[1]), name, mode: "lines", line: { color: model.colour, width: 2 }, hovertemplate: "%{x:.3f}, %{y:.3f}" }];
  });
  const guess = roc ? line(0, 0, 1, 1) : line(0, target.prevalence, 1, target.prevalence);
  const [x, y] = roc ? ["false positive rate", "true positive rate"] : ["recall", "precision"];
  const label = `${roc ? "ROC" : "Precision-recall"} curves of ${target.title}: ${traces.map((trace) => trace.name).join(", ")}`;
  const range = [-0.01, 1.02];
  chart(element, label, traces, { x: { title: x, range }, y: { title: y, range }, shapes: [guess] });
}

// The differences of two models on a target, one for each tested measure, as facts of the dialog.
function differences(pair, target) {
  return measures.filter((measure) => measure.tested).map(({ key, title }) => {
    const [value, low, high, q] = pair.tests[key][target.index] ?? [];
    if (value == null) return null;
    const tested = q == null ? ", not tested" : ` (${signed(low)} to ${signed(high)}), q = ${short(q)}`;
    return [`${title}, ${models[pair.a].name} minus ${models[pair.b].name}`, `${signed(value)}${tested}`];
  });
}

// The filters whose removal lowers the target's prediction most, as small cards.
function strongestFilters(target) {
  const cards = models.flatMap((model) =>
    (model.filters.strongest[target.index] ?? []).flatMap(([number, loss]) => {
      const filter = model.filters.live.find((one) => one.filter === number);
      return filter ? [card(model, filter, `decrease ${short(loss)}`)] : [];
    }));
  if (!cards.length) return [];
  return [make("h3", {}, "Most influential filters"), make("div", { class: "gallery" }, ...cards)];
}

function openTarget(number) {
  const target = targetsByNumber.get(number);
  const kinds = { roc: "ROC", pr: "Precision-recall" };
  const charts = Object.keys(kinds).map((kind) => [kind, make("div", { class: "chart", role: "img" })]);
  const measured = measures.some(({ key }) => target[key].some((value) => value != null));
  const rows = models.map((model, i) => [
    make("span", {}, make("span", { class: "swatch", style: `background: ${model.colour}` }), model.name),
    ...measures.map(({ key }) => valued(target[key][i], target[`${key}_interval`][i])),
  ]);
  const guess = ["random", ...measures.map(({ key }) => figure(target.guess[key]))];
  show(
    `${target.index}  ${target.title}`,
    facts(
      ["assay", target.assay],
      target.cell ? ["cell type", target.cell] : null,
      ["positive windows", `${count(target.positives)} of ${count(target.windows)} (prevalence ${figure(target.prevalence, 4)}), in ${count(target.places)} separate places`],
      target.note ? ["note", target.note] : null,
      ...pairs.flatMap((pair) => differences(pair, target)),
    ),
    table(["model", ...measures.map(({ title }) => title)], measured ? [...rows, guess] : rows, "Values of each model with 95 % intervals"),
    measured
      ? make("div", { class: "charts" }, ...charts.map(([kind, element]) => make("figure", {}, make("figcaption", {}, kinds[kind]), element)))
      : make("p", {}, "No curves: all test windows, or none of them, are positive."),
    ...strongestFilters(target),
  );
  if (!measured) return;
  curves ??= unpack("curves");
  curves.then((drawn) => {
    for (const [kind, element] of charts) if (element.isConnected) drawCurves(target, kind, element, drawn);
  });
}

function drawScatter(pair, { key, title, tested }) {
  const { a, b } = pair;
  const drawn = targets.filter((target) => target[key][a] != null && target[key][b] != null);
  const values = drawn.flatMap((target) => [target[key][a], target[key][b]]);
  const [low, high] = [Math.min(...values, 1), Math.max(...values, 0)];
  const room = 0.04 * Math.max(high - low, 0.05);
  const range = [low - room, high + room];
  const hover = (target) => {
    const test = pair.tests[key]?.[target.index];
    const lines = [`<b>${target.index}  ${plain(target.title)}</b>`, plain(target.assay), ...[a, b].map((i) => `${models[i].name} ${figure(target[key][i])}`)];
    return (tested && test ? [...lines, `q = ${short(test[3])}`] : lines).join("<br>");
  };
  const traces = Object.entries(assayColours).map(([assay, color]) => {
    const of = drawn.filter((target) => target.assay === assay);
    return {
      name: plain(assay), mode: "markers", type: "scatter", marker: { color, size: 7, opacity: 0.65 },
      x: of.map((target) => target[key][b]), y: of.map((target) => target[key][a]),
      text: of.map(hover), customdata: of.map((target) => target.index), hovertemplate: "%{text}<extra></extra>",
    };
  });
  const [first, second] = [models[a].name, models[b].name];
  const [won, lost] = pair[key].won;
  const said = `${title}: ${first} higher for ${won} of ${pair[key].targets} targets, ${second} for ${lost}`;
  const element = byId(`scatter-${key}`);
  element.previousElementSibling.textContent = said;
  const axes = { x: { title: second, range }, y: { title: first, range }, shapes: [line(...Array(4).fill(range).map((ends, i) => ends[i >> 1]))] };
  chart(element, `Scatter plot with one dot per target. ${said}`, traces, axes).then(() => {
    element.removeAllListeners("plotly_click");
    element.on("plotly_click", (event) => openTarget(event.points[0].customdata));
  });
}

function setUpScatter() {
  if (!pairs.length) return;
  byId("scatter").hidden = false;
  const draw = () => measures.forEach((measure) => drawScatter(pairs[byId("pair")?.value ?? 0], measure));
  byId("pair")?.addEventListener("change", draw);
  draw();
}

// A checkbox per measure shows or hides its columns. The last measures start hidden if the table is too wide otherwise.
function setUpMeasures(drawn) {
  const boxes = measures.map(({ key, title }) => {
    const columns = drawn.columns(`.measure-${key}`);
    const box = make("input", { type: "checkbox", checked: "", oninput: () => columns.visible(box.checked) });
    byId("target-measures").append(make("label", {}, box, title));
    return box;
  });
  const width = () => byId("target-table").getBoundingClientRect().width;
  const room = document.querySelector("main").clientWidth;
  for (const box of boxes.slice(SHOWN).reverse()) if (width() > room) box.click();
}

function setUpTable() {
  const rows = document.querySelectorAll("#target-table tbody tr");
  rows.forEach((row, i) => {
    const open = () => openTarget(targets[i].index);
    fill(row, {
      tabindex: 0, "aria-haspopup": "dialog",
      onclick: () => String(getSelection()) || open(), // selecting text opens nothing
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open();
      },
    }, []);
  });
  const drawn = window.jQuery("#target-table").DataTable({
    order: [], pageLength: 25, lengthMenu: [25, 100, { label: "all", value: -1 }], autoWidth: false,
    layout: { topStart: null, topEnd: null, bottomStart: ["pageLength", "info"], bottomEnd: "paging" },
    language: { lengthMenu: "_MENU_ per page", info: "_START_ to _END_ of _TOTAL_ targets", infoEmpty: "no targets", infoFiltered: "(of _MAX_)", zeroRecords: "No target found." },
  });
  const choice = { text: byId("target-text"), assay: byId("target-assay"), cell: byId("target-cell") };
  for (const key of ["assay", "cell"]) {
    const found = [...new Set(targets.map((target) => target[key]).filter((value) => value))].sort();
    choice[key].append(...found.map((value) => make("option", { value }, value)));
  }
  byId("target-cells").hidden = choice.cell.options.length < 2;
  const texts = targets.map((target) => `${target.index} ${target.title} ${target.cell} ${target.assay} ${target.note}`.toLowerCase());
  drawn.search.fixed("choice", (_text, _data, i) =>
    texts[i].includes(choice.text.value.trim().toLowerCase()) &&
    ["assay", "cell"].every((key) => !choice[key].value || targets[i][key] === choice[key].value));
  for (const input of Object.values(choice)) input.addEventListener("input", () => drawn.draw());
  byId("target-controls").hidden = false;
  setUpMeasures(drawn);
  const length = { now: 25 }; // on paper the table has all rows
  addEventListener("beforeprint", () => { length.now = drawn.page.len(); drawn.page.len(-1).draw(); });
  addEventListener("afterprint", () => drawn.page.len(length.now).draw());
}

setUpTable();
setUpScatter();
