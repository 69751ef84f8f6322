/* Rings of [longitude, latitude] without their closing corner: middle, crossing, fewer corners. */
"use strict";

export function middle(ring) {
  let area = 0, x = 0, y = 0;
  const [x0, y0] = ring[0];
  ring.forEach(([ax, ay], place) => {
    const [bx, by] = ring[(place + 1) % ring.length];
    const cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
    area += cross;
    x += (ax + bx - 2 * x0) * cross;
    y += (ay + by - 2 * y0) * cross;
  });
  return area ? [x0 + x / (3 * area), y0 + y / (3 * area)] : ring[0];
}

export function boundsOf(ring) {
  const xs = ring.map(([x]) => x), ys = ring.map(([, y]) => y);
  return [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]];
}

const turn = ([ax, ay], [bx, by], [cx, cy]) =>
  Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));

/* Whether two sides that are no neighbours cross. */
export function crosses(ring) {
  const count = ring.length;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      if (i === 0 && j === count - 1) continue;
      const [a, b, c, d] = [ring[i], ring[i + 1], ring[j], ring[(j + 1) % count]];
      if (turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b)) return true;
    }
  }
  return false;
}

/* Douglas and Peucker (1973), doi:10.3138/FM57-6770-U75U-7727, on points {x, y}. */
function kept(points, tolerance) {
  const far = points.slice(1, -1).reduce((most, point, place) => {
    const [a, b] = [points[0], points[points.length - 1]];
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const distance = length
      ? Math.abs((b.x - a.x) * (a.y - point.y) - (a.x - point.x) * (b.y - a.y)) / length
      : Math.hypot(point.x - a.x, point.y - a.y);
    return distance > most.distance ? { distance, place: place + 1 } : most;
  }, { distance: 0, place: 0 });
  if (far.distance <= tolerance) return [points[0], points[points.length - 1]];
  const first = kept(points.slice(0, far.place + 1), tolerance);
  return [...first.slice(0, -1), ...kept(points.slice(far.place), tolerance)];
}

/* At most so many corners of a ring; project: corner -> {x, y} on the screen. */
export function thinned(ring, project, most = 40) {
  const points = [...ring, ring[0]].map((corner) => ({ ...project(corner), corner }));
  let found = points;
  for (let tolerance = 1; found.length > most + 1; tolerance *= 1.5) found = kept(points, tolerance);
  const corners = found.slice(0, -1).map(({ corner }) => corner);
  return corners.length >= 3 && !crosses(corners) ? corners : ring.slice(0, most);
}

export const closed = (ring) => [...ring, ring[0]];
export const opened = (ring) => ring.slice(0, -1);
