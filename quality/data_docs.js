/* What Data Docs ask of jQuery, Bootstrap and bootstrap-table, so that they need no network. */
(() => {
  const isOn = (setting) => setting === true || setting === "true";
  const text = (html) => new DOMParser().parseFromString(html ?? "", "text/html").body.textContent.trim();

  class Picked {
    constructor(elements) { this.elements = elements.filter(Boolean); }
    each(act) { this.elements.forEach((element, at) => act(at, element)); return this; }
    parent() { return new Picked(this.elements.map((element) => element.parentElement)); }
    fadeIn() { return this.each((_, element) => { element.style.display = ""; }); }
    fadeOut() { return this.each((_, element) => { element.style.display = "none"; }); }
    ready(act) { document.addEventListener("DOMContentLoaded", act); return this; }
    on() { return this; }
    prepend(html) { return this.each((_, element) => element.insertAdjacentHTML("afterbegin", html)); }
    bootstrapTable(options) { return this.each((_, table) => (options.data ? laidOut(table, options) : cleared(table))); }
  }

  function cleared(table) {
    const search = document.getElementById(`${table.id}-search`);
    if (search) { search.value = ""; search.oninput(); }
  }

  function laidOut(table, { columns, data, search }) {
    const shown = columns.filter((column) => column.visible === undefined || isOn(column.visible));
    let rows = [...data];
    const draw = () => {
      table.tBodies[0].replaceChildren(...rows.map((row) => {
        const line = document.createElement("tr");
        if (row._table_row_link_path) line.dataset.href = row._table_row_link_path;
        line.append(...shown.map((column) => {
          const cell = document.createElement("td");
          cell.innerHTML = row[column.field] ?? "";
          return cell;
        }));
        return line;
      }));
    };
    const heads = shown.map((column) => {
      const head = document.createElement("th");
      head.textContent = column.title;
      if (!isOn(column.sortable)) return head;
      const by = column.sortName ?? column.field;
      let falls = true;
      head.dataset.sort = by;
      head.onclick = () => {
        falls = !falls;
        const worth = (row) => (typeof row[by] === "number" ? row[by] : text(row[by]));
        rows.sort((a, b) => (worth(a) < worth(b) ? -1 : worth(a) > worth(b) ? 1 : 0) * (falls ? -1 : 1));
        draw();
      };
      return head;
    });
    table.createTHead().insertRow().append(...heads);
    table.createTBody();
    if (isOn(search)) {
      const box = document.createElement("input");
      Object.assign(box, { id: `${table.id}-search`, className: "search", placeholder: "Search", type: "search" });
      box.oninput = () => {
        const wanted = box.value.toLowerCase();
        rows = data.filter((row) => shown.some((c) => text(String(row[c.field] ?? "")).toLowerCase().includes(wanted)));
        draw();
      };
      table.before(box);
    }
    draw();
  }

  document.addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-href]");
    if (line && !event.target.closest("a")) window.location = line.dataset.href;
    const toggle = event.target.closest("[data-toggle=collapse], [data-toggle=tab]");
    const aim = toggle && document.getElementById(toggle.getAttribute("href").slice(1));
    if (aim) {
      event.preventDefault();
      if (toggle.dataset.toggle === "collapse") return aim.classList.toggle("show");
      const tabs = toggle.closest("ul").querySelectorAll("[data-toggle=tab]");
      tabs.forEach((tab) => tab.classList.toggle("active", tab === toggle));
      [...aim.parentElement.children].forEach((pane) => pane.classList.toggle("active", pane === aim));
    }
    const button = event.target.closest(".btn-group-toggle .btn");
    if (button) [...button.parentElement.children].forEach((each) => each.classList.toggle("active", each === button));
  });

  window.$ = window.jQuery = (what) => new Picked(
    typeof what === "string" ? [...document.querySelectorAll(what)] : [what],
  );
})();
