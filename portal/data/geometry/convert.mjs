// SPDX-License-Identifier: Apache-2.0
// Makes world.json of Natural Earth's countries, as npm's world-atlas has them. See README.md.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature, neighbors } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import countries from "i18n-iso-countries";

const require = createRequire(import.meta.url);
// The scales of Natural Earth: corners that change an outline by less than a tolerance in square
// degrees are left out, and positions are rounded to parts of a degree.
const COARSE = { scale: "50m", tolerance: 0.0004, parts: 100 };
const FINE = { scale: "10m", tolerance: 0.00003, parts: 1000 };
// Islands with at most so many corners are taken from the finer one.
const SMALL = 1800;

const rounded = (parts) => (ring) =>
  ring
    .map((point) => point.map((degrees) => Math.round(degrees * parts) / parts))
    .filter(([x, y], i, all) => i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1]);

const polygons = ({ type, coordinates }, parts) =>
  (type === "Polygon" ? [coordinates] : coordinates)
    .map((rings) => rings.map(rounded(parts)).filter((ring) => ring.length >= 4))
    .filter((rings) => rings.length > 0);

const corners = (shape) => shape.flat(2).length;

// The countries at a scale, and which of them have no neighbour on land.
function read({ scale, tolerance, parts }) {
  const topology = simplify(presimplify(require(`world-atlas/countries-${scale}.json`)), tolerance);
  const { countries: all } = topology.objects;
  const alone = neighbors(all.geometries).map((near) => near.length === 0);
  return feature(topology, all).features.map(({ id, geometry }, i) => ({
    code: id && countries.numericToAlpha2(id),
    alone: alone[i],
    shape: polygons(geometry, parts),
  }));
}

const coded = read(FINE).filter(({ code }) => code);
const once = coded.filter(({ code }) => coded.filter((it) => it.code === code).length === 1);
const fine = new Map(once.map((it) => [it.code, it]));
const coarse = read(COARSE);
// The smallest are in the finer data alone.
const drawn = new Set(coarse.filter(({ shape }) => shape.length > 0).map(({ code }) => code));
const smallest = [...fine.values()].filter(({ code }) => !drawn.has(code));
const features = [...coarse, ...smallest]
  .map(({ code, shape }) => {
    const finer = fine.get(code);
    const better = finer?.alone && corners(finer.shape) <= SMALL;
    return { code, shape: better ? finer.shape : shape };
  })
  .filter(({ shape }) => shape.length > 0)
  .map(({ code, shape }) => ({
    type: "Feature",
    // Natural Earth draws some areas to which ISO 3166-1 gives no code.
    properties: code ? { code } : {},
    geometry: { type: "MultiPolygon", coordinates: shape },
  }));
writeFileSync(
  new URL("world.json", import.meta.url),
  `{"type":"FeatureCollection","features":[\n${features.map((it) => JSON.stringify(it)).join(",\n")}\n]}\n`,
);
