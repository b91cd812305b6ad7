/** The page's script filters the reports and reverses their order. The page is whole without it. It makes no markup. */
export const SCRIPT = `"use strict";
(() => {
  const box = document.getElementById("filter");
  if (box === null) return;
  const [text, event, outcome, order, said] = ["text", "event", "outcome", "order", "said"].map((name) =>
    document.getElementById("filter-" + name)
  );
  const list = document.getElementById("days");
  const all = said.textContent;
  const FEW = 200;

  // A note on what was withheld isn't part of the report.
  const textOf = (row) => {
    const copy = row.cloneNode(true);
    for (const note of copy.querySelectorAll(".withheld")) note.remove();
    return copy.textContent;
  };
  // Read when first needed: there may be thousands of rows.
  let days;
  const read = () => [...list.querySelectorAll("details.day")].map((element) => ({
    element,
    open: element.open,
    count: element.querySelector(".count"),
    all: element.querySelector(".count").textContent,
    rows: [...element.querySelectorAll("tbody > tr")].map((row) => ({
      row,
      event: row.querySelector(".event").textContent,
      outcome: row.querySelector(".outcome").textContent,
      text: (element.firstElementChild.firstChild.data + textOf(row)).toLowerCase(),
    })),
  }));

  let active = false;
  const apply = () => {
    days ??= read();
    const wanted = text.value.trim().toLowerCase();
    const filtered = wanted !== "" || event.value !== "" || outcome.value !== "";
    if (!filtered && !active) return;
    if (!active) for (const day of days) day.open = day.element.open;
    active = filtered;
    let found = 0;
    for (const day of days) {
      let left = 0;
      for (const entry of day.rows) {
        const fits = (event.value === "" || entry.event === event.value) &&
          (outcome.value === "" || entry.outcome === outcome.value) && entry.text.includes(wanted);
        entry.row.hidden = !fits;
        if (fits) left++;
      }
      day.left = left;
      day.element.hidden = left === 0;
      day.count.textContent = left === day.rows.length ? day.all : left + " of " + day.all;
      found += left;
    }
    // A few matches are shown at once. Without a filter every day is as it was before.
    for (const day of days) day.element.open = filtered && found <= FEW ? day.left > 0 : day.open;
    said.textContent = filtered ? found.toLocaleString("en") + " of " + all : all;
  };

  const turn = () => {
    for (const parent of [list, ...list.querySelectorAll("tbody")]) parent.append(...[...parent.children].reverse());
  };

  text.addEventListener("input", apply);
  event.addEventListener("change", apply);
  outcome.addEventListener("change", apply);
  order.addEventListener("change", turn);
  box.hidden = false;
})();
`;
