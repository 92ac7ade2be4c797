// Measures over time: dygraphs draws, a table has the same numbers.
import { get } from "/api.js";
import { cause, el, network, number } from "/format.js";

const ROWS = 5000; // events, at most
const MOST = 6; // series; the rest is "others"
const colours = {
	light: ["#14613f", "#a32020", "#0b57d0", "#7a4b00", "#6b3fa0", "#00696f", "#5c615f"],
	dark: ["#6fd3a3", "#ff9a90", "#8ab4f8", "#f1c26b", "#c9a7f5", "#6fd6dc", "#aab4af"],
};
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let graph = null;

// Its legend writes style attributes, which our policy forbids; ours is below.
if (window.Dygraph)
	window.Dygraph.PLUGINS = window.Dygraph.PLUGINS.filter((p) => p !== window.Dygraph.Plugins.Legend);

const of = {
	rule: (h) => cause(h),
	what: (h) => h.what,
	network: (h) => network(h.net),
};

function sum(rows, key) {
	const sums = new Map();
	for (const h of rows) {
		const k = key(h);
		const s = sums.get(k) || { name: k, n: 0, nets: new Set() };
		s.n++;
		s.nets.add(h.net);
		sums.set(k, s);
	}
	return [...sums.values()].sort((a, b) => b.n - a.n);
}

function series(rows, key, names, back) {
	const step = back / 60;
	const now = Date.now() / 1000;
	const first = Math.floor((now - back) / step) * step;
	const points = [];
	for (let t = first; t <= now; t += step)
		points.push([new Date(t * 1000), ...names.map(() => 0)]);
	for (const h of rows) {
		const i = Math.floor((h.at - first) / step);
		if (i < 0 || i >= points.length)
			continue;
		const k = names.indexOf(key(h));
		points[i][(k < 0 ? names.length - 1 : k) + 1]++;
	}
	// a step is drawn up to the next point: the last one has a width, too
	const last = points[points.length - 1];
	points.push([new Date(last[0].getTime() + step * 1000), ...last.slice(1)]);
	return points;
}

function table(sums, by) {
	document.getElementById("sums-by").textContent = by === "what" ? "measure" : by;
	document.getElementById("sums-region").hidden = sums.length === 0;
	document.querySelector("#sums tbody").replaceChildren(...sums.slice(0, 20).map((s) =>
		el("tr", {}, el("th", { scope: "row" }, s.name),
			el("td", { class: "n" }, number(s.n)),
			el("td", { class: "n" }, number(s.nets.size)))));
}

function legend(names, palette) {
	document.getElementById("legend").replaceChildren(...names.map((name, i) => {
		const li = el("li", {}, name);
		li.style.setProperty("--swatch", palette[i % palette.length]);
		return li;
	}));
}

function draw(points, names) {
	const palette = dark.matches ? colours.dark : colours.light;
	const box = document.getElementById("plot");
	if (graph)
		graph.destroy();
	graph = null;
	legend(names, palette);
	if (!names.length || !window.Dygraph) {
		box.textContent = names.length ? "" : "Nothing was shut out in this time.";
		box.className = "plot none";
		return;
	}
	box.className = "plot";
	graph = new window.Dygraph(box, points, {
		labels: ["time", ...names],
		colors: palette.slice(0, names.length),
		stackedGraph: true,
		stepPlot: true,
		legend: "never",
		axisLabelColor: getComputedStyle(box).color,
		gridLineColor: dark.matches ? "#39413f" : "#d4d8d2",
		interactionModel: {},
		xRangePad: 4,
		includeZero: true,
	});
}

export async function plot() {
	const by = document.getElementById("plot-by").value;
	const back = Number(document.getElementById("plot-back").value);
	const key = of[by];
	const answer = await get(`history?back=${back}&limit=${ROWS}`);
	const rows = answer.rows.filter((h) => h.what === "denied" || h.what === "limited");
	const sums = sum(rows, key);
	let names = sums.slice(0, MOST).map((s) => s.name);
	if (sums.length > MOST)
		names = [...names, "others"];
	table(sums, by);
	if (answer.rows.length === ROWS)
		document.getElementById("sums-by").append(`, of the newest ${number(ROWS)} events`);
	draw(series(rows, key, names, back), names);
}

dark.addEventListener("change", () => plot().catch(() => {}));
