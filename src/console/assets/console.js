// The one script of the console. Every page works without it.
const summary = document.querySelector('[data-focus]')
if (summary) summary.focus()

// Keys of one letter move through the queue: j and k go down and up, o opens. They can be switched off (WCAG 2.1.4).
const queue = document.querySelector('[data-keys="on"]')
if (queue) {
  const links = [...queue.querySelectorAll('[data-row] a[data-open]')]
  const move = (step) => {
    const at = links.indexOf(document.activeElement)
    const next = links[Math.max(0, Math.min(links.length - 1, at + step))]
    if (next) next.focus()
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest('input, select, textarea, [contenteditable]')) return
    if (event.key === 'j') move(1)
    else if (event.key === 'k') move(-1)
    else if (event.key === 'o' && links.includes(document.activeElement))
      document.activeElement.click()
    else return
    event.preventDefault()
  })
}

// A form is sent once, however often its button is pressed; what takes long says so.
for (const form of document.querySelectorAll('form[method="post"]:not([data-download])')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent === 'yes') event.preventDefault()
    form.dataset.sent = 'yes'
    document.documentElement.classList.add('raakvlak-busy')
  })
}
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
  document.documentElement.classList.remove('raakvlak-busy')
})
