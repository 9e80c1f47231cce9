// The one script of the console. Every page works without it.
const summary = document.querySelector('[data-focus]')
if (summary) summary.focus()

// Keys of one letter move through the queue: j and k go down and up, o opens. They can be switched off (WCAG 2.1.4),
// and stay so in this browser.
const queue = document.querySelector('[data-keys]')
const choice = document.querySelector('[data-keys-choice]')
if (queue && choice) {
  const kept = 'raakvlak-keys'
  const links = [...queue.querySelectorAll('[data-row] a[data-open]')]
  const toggle = choice.querySelector('button')
  const isOn = () => localStorage.getItem(kept) !== 'off'
  const tell = () => {
    toggle.textContent = isOn() ? toggle.dataset.on : toggle.dataset.off
  }
  choice.hidden = false
  tell()
  toggle.addEventListener('click', () => {
    localStorage.setItem(kept, isOn() ? 'off' : 'on')
    tell()
  })
  const move = (step) => {
    const at = links.indexOf(document.activeElement)
    const next = links[Math.max(0, Math.min(links.length - 1, at + step))]
    if (next) next.focus()
  }
  document.addEventListener('keydown', (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target.closest('input, select, textarea, [contenteditable]')) return
    if (event.key === 'j') move(1)
    else if (event.key === 'k') move(-1)
    else if (event.key === 'o' && links.includes(document.activeElement)) {
      document.activeElement.click()
    } else return
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
