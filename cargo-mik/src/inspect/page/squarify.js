// Squarified treemaps (M. Bruls, K. Huizing, J. van Wijk, 2000): rectangles of given areas in a rectangle, each as close to a
// square as its row allows. `sizes` are positive and descending; the result has one [x, y, width, height] for each.
function squarify(sizes, x, y, width, height) {
  const sum = sizes.reduce((all, size) => all + size, 0);
  const places = [];
  if (!(sum > 0) || !(width > 0) || !(height > 0)) return sizes.map(() => [x, y, 0, 0]);
  const scale = (width * height) / sum;
  // How far from a square the worst of a row is, along a side of this length.
  const worst = (area, largest, smallest, side) =>
    Math.max((side * side * largest) / (area * area), (area * area) / (side * side * smallest));
  let first = 0;
  while (first < sizes.length) {
    const side = Math.min(width, height);
    const largest = sizes[first] * scale;
    let area = largest;
    let end = first + 1;
    let ratio = worst(area, largest, largest, side);
    while (end < sizes.length) {
      const next = sizes[end] * scale;
      const longer = worst(area + next, largest, next, side);
      if (longer > ratio) break;
      area += next;
      ratio = longer;
      end += 1;
    }
    const depth = side > 0 ? area / side : 0;
    let along = 0;
    for (let place = first; place < end; place += 1) {
      const length = depth > 0 ? (sizes[place] * scale) / depth : 0;
      places.push(width >= height ? [x, y + along, depth, length] : [x + along, y, length, depth]);
      along += length;
    }
    if (width >= height) {
      x += depth;
      width = Math.max(0, width - depth);
    } else {
      y += depth;
      height = Math.max(0, height - depth);
    }
    first = end;
  }
  return places;
}
