// Variants: the table of the strongest ones.

function setUpVariants() {
  const texts = [...document.querySelectorAll("#variant-table tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
  const drawn = window.jQuery("#variant-table").DataTable({
    order: [], pageLength: 25, lengthMenu: [25, 100, { label: "all", value: -1 }], autoWidth: false,
    layout: { topStart: null, topEnd: null, bottomStart: ["pageLength", "info"], bottomEnd: "paging" },
    language: { lengthMenu: "_MENU_ per page", info: "_START_ to _END_ of _TOTAL_ alleles", infoEmpty: "no alleles", infoFiltered: "(of _MAX_)", zeroRecords: "No variant found." },
  });
  const input = byId("variant-text");
  drawn.search.fixed("choice", (_text, _data, i) => texts[i].includes(input.value.trim().toLowerCase()));
  input.addEventListener("input", () => drawn.draw());
  byId("variant-controls").hidden = false;
}

setUpVariants();
