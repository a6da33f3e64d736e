/* All rows of an extract, sorted and filtered in the browser: it reads the parts of the Parquet files that it needs. */
"use strict"
;(() => {
  const PAGE = 50, AT_ONCE = 1_000_000, FOOTER = 1 << 16, SMALL = 1 << 18, SCATTERED = 200_000, SHEET = 1_048_575
  const words = {
    zh: {
      sort: "排序：", filter: "篩選：", hint: "篩選", help: "篩選可寫：文字（包含）、=文字（相等）、>5、3..8、=（空值）。", next: "下一頁", previous: "上一頁", reset: "清除條件", save: "下載這些列（CSV）",
      all: "第 {from}–{to} 列，共 {of} 列", some: "符合條件的 {of} 列（全部 {all} 列），第 {from}–{to} 列", none: "沒有符合條件的列（全部 {all} 列）",
      read: "已讀取 {read}，檔案共 {size}", reading: "讀取中…", failed: "讀取失敗：{why}", load: "載入",
    },
    en: {
      sort: "Sort by ", filter: "Filter ", hint: "filter", help: "Filters: text (contains), =text (equals), >5, 3..8, = (empty).", next: "Next", previous: "Previous", reset: "Clear", save: "Download these rows (CSV)",
      all: "Rows {from}–{to} of {of}", some: "{of} rows of {all} match: {from}–{to}", none: "No row of {all} matches",
      read: "{read} read of {size}", reading: "Reading…", failed: "Could not be read: {why}", load: "Load",
    },
  }[document.body.dataset.language]
  const say = (text, told) => text.replace(/\{(\w+)\}/g, (_, name) => (typeof told[name] === "number" ? told[name].toLocaleString("en") : told[name]))
  const size = (count) => { for (const unit of ["B", "KB", "MB"]) { if (count < 1000) return `${unit === "B" ? count : count.toFixed(1)} ${unit}`; count /= 1000 } return `${count.toFixed(1)} GB` }
  const make = (tag, told = {}) => Object.assign(document.createElement(tag), told)

  /* The library comes with the first question. */
  let library
  const withLibrary = () => (library ??= new Promise((done, failed) => {
    document.head.append(make("script", { src: `${document.body.dataset.root}assets/parquet.js`, onload: () => done(lakewardParquet), onerror: () => failed(new Error("parquet.js")) }))
  }))

  /* A file on a server, read in parts; each part once. `count` hears how many bytes came. */
  function remote(url, byteLength, count) {
    const parts = new Map()
    let whole, small
    async function ask(start, end) {
      const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } })
      if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`)
      const content = await answer.arrayBuffer()
      count(content.byteLength)
      if (answer.status === 206) return content
      whole = content
      return content.slice(start, end)
    }
    return { byteLength, slice(start, end = byteLength) {
      if (whole) return whole.slice(start, end)
      if (byteLength <= SMALL) return (small ??= ask(0, byteLength).catch((error) => { small = undefined; throw error })).then((content) => content.slice(start, end))
      const key = `${start}-${end}`
      if (!parts.has(key)) parts.set(key, ask(start, end).catch((error) => { parts.delete(key); throw error }))
      return parts.get(key)
    } }
  }

  /* The files of an extract as one table of columns. */
  async function opened(files, count) {
    const { parquetMetadataAsync, parquetScan, readOffsetIndex, compressors } = await withLibrary()
    const parts = []
    let rows = 0
    for (const [url, bytes] of files) {
      const file = remote(url, bytes, count)
      const metadata = await parquetMetadataAsync(file, { initialFetchSize: FOOTER })
      const scan = await parquetScan({ file, metadata, compressors })
      scan.ranges.forEach(({ rowStart, rowEnd }, place) => parts.push({ file, scan, first: rows + rowStart, rowStart, rowEnd, group: metadata.row_groups[place] }))
      rows += Number(metadata.num_rows)
    }
    const whole = new Map()

    /* Values of rows from..to of a column. */
    async function range(column, from, to) {
      if (whole.has(column)) return (await whole.get(column)).slice(from, to)
      const found = []
      for (const { scan, first, rowStart, rowEnd } of parts) {
        const start = Math.max(from - first, 0) + rowStart, end = Math.min(to - first, rowEnd - rowStart) + rowStart
        if (start < end) found.push(...(await scan.readColumn({ column, rowStart: start, rowEnd: end })))
      }
      return found
    }

    async function all(column) {
      if (!whole.has(column)) whole.set(column, (async () => {
        const found = new Array(rows)
        for (const { scan, first, rowStart, rowEnd } of parts) {
          const values = await scan.readColumn({ column, rowStart, rowEnd })
          for (let i = 0; i < values.length; i++) found[first + i] = plain(values[i])
        }
        return found
      })().catch((error) => { whole.delete(column); throw error }))
      return whole.get(column)
    }

    /* Values of some rows, wherever they stand. */
    async function some(column, places) {
      const inOrder = places.every((place, i) => i === 0 || place === places[i - 1] + 1)
      if (inOrder && !whole.has(column)) return (await range(column, places[0], places[0] + places.length)).map(plain)
      if (rows > SCATTERED && !whole.has(column)) {
        return Promise.all(places.map(async (place) => plain((await range(column, place, place + 1))[0])))
      }
      const values = await all(column)
      return places.map((place) => values[place])
    }

    /* How many bytes the rows from..to of a column would cost: its dictionary and the pages that hold them. */
    async function cost(column, from, to) {
      if (whole.has(column)) return 0
      let bytes = 0
      for (const { file, first, rowStart, rowEnd, group } of parts) {
        const start = Math.max(from - first, 0), end = Math.min(to - first, rowEnd - rowStart)
        if (start >= end) continue
        const chunk = group.columns.find((each) => each.meta_data.path_in_schema[0] === column), told = chunk.meta_data
        const begins = Number(told.dictionary_page_offset || told.data_page_offset)
        if (!chunk.offset_index_offset || (start === 0 && end === rowEnd - rowStart)) { bytes += Number(told.total_compressed_size); continue }
        const place = Number(chunk.offset_index_offset)
        const content = await file.slice(place, place + chunk.offset_index_length)
        const pages = readOffsetIndex({ view: new DataView(content), offset: 0 }).page_locations
        bytes += Number(pages[0].offset) - begins
        pages.forEach((page, i) => {
          const after = i + 1 < pages.length ? Number(pages[i + 1].first_row_index) : rowEnd - rowStart
          if (Number(page.first_row_index) < end && after > start) bytes += page.compressed_page_size
        })
      }
      return bytes
    }
    return { rows, all, some, cost }
  }

  const plain = (value) => (typeof value === "bigint" ? Number(value) : value instanceof Date ? value.toISOString().replace("T00:00:00.000Z", "").replace("T", " ").replace(/(:00)?\.000Z$/, "") : value ?? null)

  /* A value as the page writes it. */
  function shown(value, kind) {
    if (value === null || value === undefined) return ""
    if (typeof value === "boolean") return value ? "✓" : "✗"
    if (typeof value === "number" && kind === "number") {
      if (Number.isInteger(value) || Math.abs(value) >= 10_000) return Math.round(value).toLocaleString("en")
      return Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 12 })
    }
    const text = typeof value === "object" ? JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each)) : String(value)
    return text.length > 60 ? `${text.slice(0, 59)}…` : text
  }

  /* What a filter asks, as a function of a value. */
  function test(text, kind) {
    const asked = text.trim(), fold = (value) => String(value).toLowerCase().replaceAll("台", "臺")
    if (asked === "=") return (value) => value === null || value === ""
    const number = kind === "number" || kind === "plain"
    const read = (part) => (number ? Number(part.replaceAll(",", "")) : part)
    const about = (value, part) => (number || value.length <= part.length ? value : value.slice(0, part.length))
    let told
    if (kind === "boolean") {
      const yes = /^(✓|是|y|yes|t|true|1)$/i.test(asked)
      return (value) => value === yes
    }
    if (kind !== "string") {
      if ((told = asked.match(/^(.+?)\s*\.\.\s*(.+)$/))) {
        const [low, high] = [read(told[1]), read(told[2])]
        return (value) => value !== null && about(value, told[1]) >= low && about(value, told[2]) <= high
      }
      if ((told = asked.match(/^(>=|<=|>|<)\s*(.+)$/))) {
        const bound = read(told[2])
        const holds = { ">": (v) => v > bound, "<": (v) => v < bound, ">=": (v) => v >= bound, "<=": (v) => v <= bound }[told[1]]
        return (value) => value !== null && holds(about(value, told[2]))
      }
      if (number) { const wanted = read(asked.replace(/^=/, "")); return (value) => value === wanted }
    }
    if (asked.startsWith("=")) { const wanted = fold(asked.slice(1)); return (value) => value !== null && fold(value) === wanted }
    const part = fold(asked)
    return (value) => value !== null && fold(value).includes(part)
  }

  const collator = new Intl.Collator("zh-Hant")
  function compare(a, b) {
    if (typeof a === "string" && typeof b === "string") return collator.compare(a, b)
    if (typeof a === "object") { a = JSON.stringify(a); b = JSON.stringify(b) }
    return a < b ? -1 : a > b ? 1 : 0
  }

  function explore(box) {
    const files = JSON.parse(box.dataset.files), columns = JSON.parse(box.dataset.columns), kinds = new Map(columns)
    const total = files.reduce((sum, [, bytes]) => sum + bytes, 0)
    const table = box.querySelector("table"), body = table.tBodies[0], status = box.querySelector(".status")
    const headers = new Map([...table.tHead.querySelectorAll("th")].map((th) => [th.dataset.column, th]))
    if (location.protocol === "file:") { box.querySelector(".local").hidden = false; return }
    let read = 0, source, order = null, sorted = null, page = 0, turn = 0
    const filters = new Map(), late = new Set()
    const count = (bytes) => { read += bytes; told.textContent = say(words.read, { read: size(read), size: size(total) }); box.dataset.read = read }
    const controls = make("div", { className: "controls" }), told = make("span", { className: "read" })
    const button = (text, act) => { const made = make("button", { type: "button", className: "button second", textContent: text }); made.addEventListener("click", act); return made }
    const previous = button(words.previous, () => { page--; draw() }), next = button(words.next, () => { page++; draw() })
    const reset = button(words.reset, () => { filters.clear(); sorted = order = null; page = 0; table.querySelectorAll("input").forEach((input) => { input.value = "" }); mark(); draw() })
    const save = button(words.save, download)
    controls.append(previous, next, reset, save, told)
    box.querySelector(".scroll").after(controls, make("p", { className: "quiet", textContent: words.help }))
    previous.disabled = true
    next.disabled = Number(box.dataset.rows) <= body.rows.length

    headers.forEach((th, column) => {
      const label = th.querySelector("span"), sort = make("button", { type: "button", textContent: label.textContent })
      sort.setAttribute("aria-label", words.sort + label.textContent)
      label.replaceChildren(sort)
      sort.addEventListener("click", () => { sorted = [column, sorted?.[0] === column && sorted[1] === "ascending" ? "descending" : "ascending"]; page = 0; mark(); arrange() })
      const input = make("input", { type: "text", placeholder: words.hint, autocomplete: "off", spellcheck: false })
      input.setAttribute("aria-label", words.filter + label.textContent)
      input.addEventListener("change", () => { input.value.trim() ? filters.set(column, input.value) : filters.delete(column); page = 0; arrange() })
      th.append(input)
    })
    const mark = () => headers.forEach((th, column) => (sorted?.[0] === column ? th.setAttribute("aria-sort", sorted[1]) : th.removeAttribute("aria-sort")))

    /* Do one thing at a time; an answer that comes late is dropped. */
    async function busy(act) {
      const mine = ++turn
      table.classList.add("wait")
      status.textContent = words.reading
      try {
        source ??= opened(files, count)
        const ready = await source.catch((error) => { source = undefined; throw error })
        await act(ready, () => mine === turn)
      } catch (error) {
        if (mine === turn) status.textContent = say(words.failed, { why: error.message })
      } finally {
        if (mine === turn) table.classList.remove("wait")
      }
    }

    /* Find which rows there are to show, and in which order. */
    const arrange = () => busy(async (ready, isMine) => {
      let found = null
      for (const [column, text] of filters) {
        const values = await ready.all(column), holds = test(text, kinds.get(column))
        const kept = []
        if (found) for (const place of found) { if (holds(values[place])) kept.push(place) }
        else for (let place = 0; place < values.length; place++) if (holds(values[place])) kept.push(place)
        found = kept
      }
      if (sorted) {
        const [column, way] = sorted, values = await ready.all(column), sign = way === "ascending" ? 1 : -1
        found = found ?? Array.from({ length: ready.rows }, (_, place) => place)
        const full = found.filter((place) => values[place] !== null), empty = found.filter((place) => values[place] === null)
        const numbers = typeof values[full[0]] === "number"
        full.sort(numbers ? (a, b) => sign * (values[a] - values[b]) || a - b : (a, b) => sign * compare(values[a], values[b]) || a - b)
        found = full.concat(empty)
      }
      if (isMine()) { order = found; await draw() }
    })

    const places = (ready) => (order ? order.slice(page * PAGE, (page + 1) * PAGE) : Array.from({ length: Math.max(0, Math.min(PAGE, ready.rows - page * PAGE)) }, (_, i) => page * PAGE + i))

    const draw = () => busy(async (ready, isMine) => {
      const wanted = places(ready), shownColumns = new Map()
      const chosen = []
      let left = AT_ONCE
      for (const [column] of wanted.length ? columns : []) {
        const price = order || late.has(column) ? 0 : await ready.cost(column, wanted[0], wanted[0] + wanted.length)
        if (price > left) continue
        left -= price
        chosen.push(column)
      }
      await Promise.all(chosen.map(async (column) => shownColumns.set(column, await ready.some(column, wanted))))
      if (!isMine()) return
      body.replaceChildren(...wanted.map((_, row) => {
        const line = make("tr")
        for (const [column, kind] of columns) {
          const cell = make("td")
          if (headers.get(column).classList.contains("n")) cell.className = "n"
          if (shownColumns.has(column)) {
            const value = shownColumns.get(column)[row], text = shown(value, kind)
            cell.textContent = text
            if (text.endsWith("…")) cell.title = String(value)
          } else if (row === 0) cell.append(button(words.load, () => { late.add(column); draw() }))
          line.append(cell)
        }
        return line
      }))
      const of = order ? order.length : ready.rows
      const numbers = { from: page * PAGE + 1, to: page * PAGE + wanted.length, of, all: ready.rows }
      status.textContent = say(of === 0 ? words.none : filters.size ? words.some : words.all, numbers)
      previous.disabled = page === 0
      next.disabled = (page + 1) * PAGE >= of
      save.disabled = of === 0 || of > SHEET
    })

    /* A CSV file that Excel shows right: with a byte-order mark, and no text that it would take for a formula. */
    function download() {
      busy(async (ready, isMine) => {
        const values = []
        for (const [column] of columns) values.push(await ready.all(column))
        const cell = (value) => {
          const text = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)
          const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
          return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
        }
        const rows = order ?? Array.from({ length: ready.rows }, (_, place) => place)
        const lines = rows.map((place) => values.map((column) => cell(column[place])).join(","))
        const text = ["\ufeff" + columns.map(([column]) => column).join(","), ...lines, ""].join("\r\n")
        const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }))
        make("a", { href: url, download: `${box.dataset.name}.csv` }).click()
        setTimeout(() => URL.revokeObjectURL(url), 10_000)
        if (isMine()) await draw()
      })
    }
  }

  window.lakewardOpened = opened
  document.querySelectorAll(".explorer").forEach(explore)
})()
