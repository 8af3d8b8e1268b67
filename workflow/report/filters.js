// Filters: the gallery of logos, and the dialog of one filter.

const PAGE = 48; // cards drawn at a time

const matchOf = (filter) => `${filter.name} ${filter.known}${filter.orientation === "-" ? ", reverse complement" : ""}`;

const agreement = (filter) => (filter.agreement == null ? "" : `, agreement ${figure(filter.agreement, 2)}`);

// A filter as a button with its logo, consensus, numbers and match.
function card(model, filter, more = null) {
  const figures = [`${filter.information.toFixed(1)} bits`, `${count(filter.sites)} sites`, filter.influence == null ? null : `influence ${short(filter.influence)}`];
  return make("button", { type: "button", class: "card", "aria-haspopup": "dialog", onclick: () => openFilter(model, filter) },
    make("span", { class: "facts" }, make("b", {}, `${models.length > 1 && more ? `${model.name} ` : ""}filter ${filter.filter}`), ...[more, ...figures].filter((text) => text).map((text) => make("span", {}, text))),
    make("span", { class: "consensus" }, filter.consensus),
    logo(filter),
    filter.known ? make("span", { class: filter.agrees ? "known" : "known note" }, make("b", {}, filter.name), ` ${filter.known}, E = ${short(filter.evalue)}${agreement(filter)}`)
      : make("span", { class: "known hint" }, "no known match"));
}

// A table of targets with the filter's influence on them; each target opens its curves.
function influenced(heading, list) {
  const rows = list.map(([number, value]) => {
    const target = targetsByNumber.get(number);
    const link = make("button", { type: "button", class: "link", onclick: () => openTarget(number) }, `${number}  ${target.title}`);
    return [link, target.assay, signed(value, 4)];
  });
  return make("div", {}, make("h3", {}, heading), rows.length ? table(["target", "assay", "influence"], rows, heading) : make("p", {}, "none"));
}

function openFilter(model, filter) {
  show(
    `${model.name}, filter ${filter.filter}`,
    logo(filter, "large"),
    facts(
      ["consensus", make("span", { class: "consensus" }, filter.consensus)],
      ["sites", count(filter.sites)],
      ["information", `${figure(filter.information, 2)} bits at positions ${filter.first} to ${filter.last} of the filter`],
      ["activation", `mean ${short(filter.mean)}, standard deviation ${short(filter.std)}, maximum ${short(filter.maximum)}`],
      filter.note ? ["note", filter.note] : null,
      filter.known ? ["known motif", matchOf(filter)] : ["known motif", "no known match"],
      filter.family ? ["family", filter.family] : null,
      filter.known ? ["match", `E = ${short(filter.evalue)}, p = ${short(filter.pvalue)}, ${filter.overlap} positions overlap, offset ${filter.offset}`] : null,
      filter.known && filter.agreement != null ? ["agreement", `${figure(filter.agreement, 2)}${filter.agrees ? "" : ": what the filter does does not support the name"}`] : null,
      filter.influence == null ? null : ["influence", `${short(filter.influence)} (root mean square over the targets)`],
    ),
    filter.influence == null ? null
      : make("div", { class: "columns" },
        influenced("Raises the prediction of", filter.raises),
        influenced("Lowers the prediction of", filter.lowers)),
  );
}

function setUpGallery() {
  const choice = { model: byId("filter-model"), order: byId("filter-order"), text: byId("filter-text"), known: byId("filter-known") };
  const gallery = byId("gallery"), more = byId("more");
  let chosen = [], shown = 0;

  function add() {
    const model = models[choice.model.value];
    const next = chosen.slice(shown, shown + PAGE);
    gallery.append(...next.map((filter) => card(model, filter)));
    shown += next.length;
    more.hidden = shown >= chosen.length;
    more.textContent = `Show ${Math.min(PAGE, chosen.length - shown)} more`;
    byId("filter-count").textContent = `${shown} of ${chosen.length} shown`;
  }

  function draw() {
    const text = choice.text.value.trim().toLowerCase();
    const fits = (filter) =>
      (filter.known || !choice.known.checked) &&
      [filter.consensus, filter.name, filter.known, filter.family].some((value) => value?.toLowerCase().includes(text));
    const key = choice.order.value;
    const place = (filter) => (key === "filter" ? filter.filter : -(filter[key] ?? -Infinity));
    chosen = models[choice.model.value].filters.live.filter(fits).sort((one, other) => place(one) - place(other) || (other.agreement ?? -1) - (one.agreement ?? -1));
    shown = 0;
    gallery.replaceChildren();
    add();
  }

  const influence = models.some((model) => model.filters.live.some((filter) => filter.influence != null));
  if (!influence) choice.order.querySelector("[value=influence]").remove();
  for (const input of Object.values(choice)) input.addEventListener("input", draw);
  more.addEventListener("click", () => {
    const before = shown;
    add();
    gallery.children[before]?.focus();
  });
  byId("filters").hidden = false;
  draw();
}

setUpGallery();
