/* Before anything is drawn: the theme that the reader chose, where they chose one. */
try {
  const theme = localStorage.getItem("theme")
  if (theme) document.documentElement.dataset.theme = theme
} catch { /* a browser may forbid to remember */ }
