// Draws the app's icons: a satchel, as SVG for browsers that take it and as PNG for those that do not. Run by hand after a change of the drawing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

const folder = join(import.meta.dirname, '../public');
const ground = [47, 79, 198];
const paper = [255, 255, 255];

/** Shapes in a square of 100: a rounded rectangle is [x, y, width, height, radius, colour]. Later ones lie above earlier ones. */
const shapes = [
  [34, 17, 32, 24, 10, paper],
  [40, 23, 20, 24, 5, ground],
  [19, 31, 62, 50, 11, paper],
  [19, 52, 62, 4, 0, ground],
  [43, 46, 14, 17, 4, ground],
  [47, 50, 6, 9, 2, paper],
];

writeFileSync(join(folder, 'icon.svg'), svg());
for (const [name, size, corner, scale] of [
  ['icon-180.png', 180, 0, 0.9],
  ['icon-192.png', 192, 22, 1],
  ['icon-512.png', 512, 22, 1],
  ['icon-maskable-512.png', 512, 0, 0.8],
])
  writeFileSync(join(folder, name), png(size, corner, scale));

function svg() {
  const hex = (colour) => `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  const rect = ([x, y, w, h, r, colour]) =>
    `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${hex(colour)}"/>`;
  const all = [[0, 0, 100, 100, 22, ground], ...shapes];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">${all.map(rect).join('')}</svg>\n`;
}

/** `corner` of the ground in hundredths; `scale` shrinks the drawing around the middle, for icons that the system cuts. */
function png(size, corner, scale) {
  const bytes = Buffer.alloc(size * (size * 4 + 1));
  const samples = 4;
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const sum = [0, 0, 0, 0];
      for (let s = 0; s < samples * samples; s += 1) {
        const px = ((x + ((s % samples) + 0.5) / samples) / size) * 100;
        const py = ((y + (Math.floor(s / samples) + 0.5) / samples) / size) * 100;
        const colour = colourAt(px, py, corner, scale);
        if (colour !== null) for (let part = 0; part < 3; part += 1) sum[part] += colour[part];
        if (colour !== null) sum[3] += 1;
      }
      const at = y * (size * 4 + 1) + 1 + x * 4;
      for (let part = 0; part < 3; part += 1) bytes[at + part] = sum[3] === 0 ? 0 : sum[part] / sum[3];
      bytes[at + 3] = (sum[3] / (samples * samples)) * 255;
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(bytes, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function colourAt(px, py, corner, scale) {
  if (!isInside(px, py, [0, 0, 100, 100, corner])) return null;
  const [x, y] = [50 + (px - 50) / scale, 50 + (py - 50) / scale];
  return shapes.findLast((shape) => isInside(x, y, shape))?.[5] ?? ground;
}

function isInside(px, py, [x, y, w, h, r]) {
  if (px < x || py < y || px > x + w || py > y + h) return false;
  const dx = Math.max(x + r - px, px - (x + w - r), 0);
  const dy = Math.max(y + r - py, py - (y + h - r), 0);
  return dx * dx + dy * dy <= r * r;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

function crc(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}
