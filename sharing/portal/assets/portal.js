/* What every page does with scripts: search, theme, copying, and numbers under the pointer. All else works without. */
"use strict"
const root = document.body.dataset.root, language = document.body.dataset.language

/* Search. The index comes with the first letter, as a script: a page opened from a file may not fetch. */
let index
const waiting = []
window.lakewardIndex = (told) => { index = told; waiting.splice(0).forEach((then) => then()) }
function withIndex(then) {
  if (index) return then()
  if (waiting.push(then) > 1) return
  document.head.append(Object.assign(document.createElement("script"), { src: `${root}assets/search.js` }))
}

/* Cut a text as the index was: pairs of Chinese letters, words of other scripts. */
function tokens(text) {
  const found = []
  for (const [run] of text.toLowerCase().replaceAll("台", "臺").matchAll(/[\u3400-\u9fff]+|[a-z0-9]+/g)) {
    if (run >= "\u3400" && run.length > 1) for (let i = 0; i < run.length - 1; i++) found.push(run.slice(i, i + 2))
    else found.push(run)
  }
  return found
}

/* Rank tables: rare tokens count more; a word begun counts as those it may become; half of all must be there. */
function search(text) {
  const asked = tokens(text), scores = new Map(), hits = new Map()
  for (const token of asked) {
    const best = new Map()
    for (const [known, places] of Object.entries(index.tokens)) {
      if (known !== token && !known.startsWith(token) && !(token.length === 1 && known.includes(token))) continue
      const rare = Math.log(1 + index.tables.length / (places.length / 2)) * (known === token ? 2 : 1)
      for (let i = 0; i < places.length; i += 2) best.set(places[i], Math.max(best.get(places[i]) ?? 0, rare * places[i + 1]))
    }
    for (const [table, score] of best) {
      scores.set(table, (scores.get(table) ?? 0) + score)
      hits.set(table, (hits.get(table) ?? 0) + 1)
    }
  }
  return [...scores].filter(([table]) => hits.get(table) >= asked.length / 2)
    .map(([table, score]) => [table, score * (hits.get(table) / asked.length) ** 2 * (index.tables[table][5] ? 1.25 : 1)])
    .sort((a, b) => b[1] - a[1]).slice(0, 8).map(([table]) => index.tables[table])
}

document.querySelectorAll(".search").forEach((input) => {
  const list = input.parentElement.querySelector(".found"), status = input.parentElement.querySelector("[role=status]")
  let at = -1
  input.disabled = false
  const options = () => [...list.querySelectorAll("[role=option]")]
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant") }
  const go = (option) => { location.href = option.dataset.href }
  const mark = (place) => {
    const all = options()
    if (!all.length) return
    at = (place + all.length) % all.length
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)))
    input.setAttribute("aria-activedescendant", all[at].id)
  }
  const show = () => withIndex(() => {
    if (!input.value.trim()) return close()
    const found = search(input.value)
    list.replaceChildren(...found.map(([name, zh, en, domainZh, domainEn], i) => {
      const option = Object.assign(document.createElement("li"), { id: `${input.id}-${i}` })
      option.setAttribute("role", "option")
      option.setAttribute("aria-selected", "false")
      option.dataset.href = `${root}${language === "en" ? "en/" : ""}tables/${name}.html`
      const title = document.createElement("strong"), under = document.createElement("span")
      title.textContent = language === "zh" ? zh : en
      under.className = "quiet"
      under.textContent = `${language === "zh" ? domainZh : domainEn} · ${language === "zh" ? en : zh}`
      option.append(title, under)
      option.addEventListener("mousedown", (event) => { event.preventDefault(); go(option) })
      return option
    }))
    status.textContent = found.length ? `${found.length} ${input.dataset.count}` : input.dataset.none
    if (!found.length) {
      const none = Object.assign(document.createElement("li"), { className: "quiet", textContent: input.dataset.none })
      none.setAttribute("role", "option")
      none.setAttribute("aria-disabled", "true")
      none.dataset.href = `${root}${language === "en" ? "en/" : ""}tables.html`
      list.append(none)
    }
    list.hidden = false
    at = -1
    input.setAttribute("aria-expanded", "true")
  })
  input.addEventListener("input", show)
  input.addEventListener("focus", () => withIndex(() => {}))
  input.addEventListener("blur", close)
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); list.hidden ? show() : mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1) }
    else if (event.key === "Enter" && options().length) go(options()[Math.max(at, 0)])
    else if (event.key === "Escape") close()
  })
})
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); document.querySelector(".search")?.focus() }
})

/* Light or dark. */
const toggle = document.querySelector(".theme"), system = matchMedia("(prefers-color-scheme: dark)")
const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark"
const nameToggle = () => { const label = isDark() ? toggle.dataset.light : toggle.dataset.dark; toggle.title = label; toggle.setAttribute("aria-label", label) }
toggle.hidden = false
nameToggle()
system.addEventListener("change", nameToggle)
toggle.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark"
  try { localStorage.setItem("theme", document.documentElement.dataset.theme) } catch { /* forgotten with the page */ }
  nameToggle()
})

/* Copying, where the browser lets a page do so. */
if (navigator.clipboard) document.querySelectorAll(".copy").forEach((button) => {
  const words = button.textContent
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent)
    button.textContent = button.dataset.done
    setTimeout(() => { button.textContent = words }, 1500)
  })
})

/* The number under the pointer, from the figure's own table. */
document.querySelectorAll("figure.line").forEach((figure) => {
  const picture = figure.querySelector(".picture"), svg = picture.querySelector("svg")
  const rows = [...figure.querySelectorAll(".numbers tbody tr")], names = [...figure.querySelectorAll(".numbers thead th")].slice(1)
  const cursor = Object.assign(document.createElement("div"), { className: "cursor", hidden: true })
  const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true })
  picture.append(cursor, tip)
  const stands = svg.dataset.at.split(" ").map(Number)
  picture.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect(), share = (event.clientX - box.left) / box.width
    const at = stands.reduce((best, stand, i) => (Math.abs(stand - share) < Math.abs(stands[best] - share) ? i : best), 0)
    const x = stands[at] * box.width
    const cells = [...rows[at].children].map((cell) => cell.textContent)
    const told = cells.slice(1).map((cell, i) => (names.length > 1 ? `${names[i].textContent} ${cell || "–"}` : cell || "–"))
    tip.textContent = `${cells[0]}　${told.join("　")}`
    cursor.hidden = tip.hidden = false
    cursor.style.left = `${x}px`
    tip.style.left = `${Math.min(Math.max(x, tip.offsetWidth / 2), box.width - tip.offsetWidth / 2)}px`
  })
  picture.addEventListener("pointerleave", () => { cursor.hidden = tip.hidden = true })
})
document.querySelectorAll("figure.map").forEach((figure) => {
  const places = [...figure.querySelectorAll("[data-place]")]
  places.forEach((place) => ["pointerenter", "pointerleave"].forEach((kind) => place.addEventListener(kind, () => {
    for (const each of places) if (each.dataset.place === place.dataset.place) each.classList.toggle("on", kind === "pointerenter")
  })))
})

/* Which part of a long page is read. */
const jumps = new Map([...document.querySelectorAll(".jump a")].map((link) => [link.hash.slice(1), link]))
if (jumps.size) {
  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (!entry.isIntersecting) return
    jumps.forEach((link) => link.removeAttribute("aria-current"))
    jumps.get(entry.target.id).setAttribute("aria-current", "true")
  }), { rootMargin: "-20% 0px -70% 0px" })
  jumps.forEach((_, id) => { const part = document.getElementById(id); if (part) seen.observe(part) })
}
