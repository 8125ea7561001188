// Where a board's buttons lie: the first free place, row by row, as on a phone.
//
// A keyboard is one board without end.  Rich media has cards of so many rows; a
// button that finds no place on a card begins the next one.

const BUTTON_COLUMNS = 6;

/** Return the cards, each with its number of rows and the places of its buttons. */
export function pack(buttons, columns = BUTTON_COLUMNS, rows = Infinity) {
  const cards = [];
  let card = null;
  buttons.forEach((button, index) => {
    const width = clamp(button.Columns ?? BUTTON_COLUMNS, columns);
    const height = clamp(button.Rows ?? 1, rows);
    let place = card && find(card, columns, rows, width, height);
    if (!place) {
      card = { taken: new Set(), rows: 0, places: [] };
      cards.push(card);
      place = { row: 0, column: 0 };
    }
    occupy(card, place, width, height);
    card.places.push({ button, index, ...place, width, height });
  });
  return cards;
}

function clamp(value, most) {
  return Math.max(1, Math.min(Number(value) || 1, most));
}

function find(card, columns, rows, width, height) {
  for (let row = 0; row + height <= Math.min(rows, card.rows + height); row += 1) {
    for (let column = 0; column + width <= columns; column += 1) {
      if (isFree(card, row, column, width, height)) return { row, column };
    }
  }
  return null;
}

function isFree(card, row, column, width, height) {
  return cells(row, column, width, height).every((cell) => !card.taken.has(cell));
}

function occupy(card, { row, column }, width, height) {
  for (const cell of cells(row, column, width, height)) card.taken.add(cell);
  card.rows = Math.max(card.rows, row + height);
}

function cells(row, column, width, height) {
  const found = [];
  for (let y = row; y < row + height; y += 1) {
    for (let x = column; x < column + width; x += 1) found.push(`${y}/${x}`);
  }
  return found;
}
