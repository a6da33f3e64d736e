/* An SQL console on a page, on a click: DuckDB comes from the site itself, the rows from the extract. */
"use strict"
;(() => {
  const words = {
    zh: { open: "用 SQL 查詢（下載 DuckDB，約 35 MB）", label: "SQL 查詢", run: "執行", loading: "載入 DuckDB 與資料…", done: "{count} 列，{ms} 毫秒", more: "（顯示前 {shown} 列）" },
    en: { open: "Query with SQL (downloads DuckDB, about 35 MB)", label: "SQL query", run: "Run", loading: "Loading DuckDB and the rows…", done: "{count} rows, {ms} ms", more: " (the first {shown} are shown)" },
  }[document.body.dataset.language]
  const SHOWN = 500
  const say = (text, told) => text.replace(/\{(\w+)\}/g, (_, name) => told[name].toLocaleString("en"))
  const make = (tag, told = {}) => Object.assign(document.createElement(tag), told)
  const button = (text) => make("button", { type: "button", className: "button second", textContent: text })
  const written = (value) => (value === null || value === undefined ? "" : value instanceof Date ? value.toISOString().slice(0, 10) : String(value))

  const loaded = (src) => new Promise((done, failed) => document.head.append(make("script", { src, onload: done, onerror: () => failed(new Error(src)) })))

  document.querySelectorAll(".console").forEach((box) => {
    const root = document.body.dataset.root, explorer = box.parentElement.querySelector(".explorer")
    if (location.protocol === "file:") return
    const open = button(words.open)
    box.append(open)
    box.hidden = false
    open.addEventListener("click", async () => {
      const name = explorer.dataset.name.replace("gold.", ""), columns = JSON.parse(explorer.dataset.columns)
      const form = make("form"), text = make("textarea", { value: `SELECT *\nFROM ${name}\nLIMIT 20`, spellcheck: false })
      const run = Object.assign(button(words.run), { type: "submit", disabled: true })
      const status = make("p", { className: "quiet", textContent: words.loading }), found = make("div", { className: "scroll", hidden: true, tabIndex: 0 })
      text.setAttribute("aria-label", words.label)
      status.setAttribute("role", "status")
      found.setAttribute("role", "group")
      found.setAttribute("aria-label", words.label)
      form.append(text, run, status, found)
      open.replaceWith(form)
      text.focus()
      try {
        await loaded(`${root}assets/sql.js`)
        const [database, extract] = await Promise.all([lakewardConsole(root), lakewardOpened(JSON.parse(explorer.dataset.files), () => {})])
        const rows = {}
        for (const [column] of columns) rows[column] = await extract.all(column)
        await database.insert(name, rows, columns)
        run.disabled = false
        form.addEventListener("submit", async (event) => {
          event.preventDefault()
          const began = performance.now()
          try {
            const told = await database.query(text.value), shown = told.rows.slice(0, SHOWN)
            const head = make("tr"), body = make("tbody")
            head.append(...told.columns.map((column) => Object.assign(make("th", { textContent: column }), { scope: "col" })))
            body.append(...shown.map((row) => { const line = make("tr"); line.append(...told.columns.map((column) => make("td", { textContent: written(row[column]) }))); return line }))
            const table = make("table", { className: "data" }), top = make("thead")
            top.append(head)
            table.append(top, body)
            found.replaceChildren(table)
            found.hidden = false
            status.textContent = say(words.done, { count: told.rows.length, ms: Math.round(performance.now() - began) }) + (told.rows.length > SHOWN ? say(words.more, { shown: SHOWN }) : "")
          } catch (error) { status.textContent = error.message }
        })
        form.requestSubmit()
      } catch (error) { status.textContent = error.message }
    })
  })
})()
