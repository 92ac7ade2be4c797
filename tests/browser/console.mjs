// Drives the console in Chromium: console.mjs URL KEY READER_KEY SHOTS
// Prints TAP; asks the shell for an attack by a line "do attack ADDRESS" on
// standard output and reads "done" from standard input.
import { createRequire } from "node:module";
import fs from "node:fs";
import readline from "node:readline";

const modules = process.env.NODE_MODULES;
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(modules + "/axe-core/axe.min.js", "utf8");
const [url, key, readerKey, shots] = process.argv.slice(2);
const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let n = 0;

function ok(what, good, more) {
	n++;
	console.log(`${good ? "ok" : "not ok"} ${n} - ${what}`);
	if (!good && more !== undefined)
		console.log("# " + String(more).replaceAll("\n", "\n# "));
}

async function outside(what) {
	console.log("do " + what);
	await input.next();
}

// Generous: it may be a machine that does much else.
async function seen(page, selector, text, ms = 40000) {
	try {
		await page.locator(selector, { hasText: text }).first().waitFor({ timeout: ms });
		return true;
	} catch {
		return false;
	}
}

async function gone(page, selector, text) {
	await page.locator(selector, { hasText: text }).first().waitFor({ state: "detached", timeout: 40000 }).catch(() => {});
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM,
	args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const faults = [], foreign = [];
let transferred = 0;

async function open(options, hash = "") {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	page.on("console", (m) => {
		// what a refused login says to the developer is no fault of the page
		if (m.type() === "error" && !/40[13]/.test(m.text()))
			faults.push(m.text());
	});
	page.on("pageerror", (e) => faults.push(e.message));
	page.on("request", (r) => {
		if (!r.url().startsWith(url) && !r.url().startsWith("data:"))
			foreign.push(r.url());
	});
	page.on("dialog", (d) => {
		faults.push("a dialog: " + d.message());
		d.dismiss();
	});
	await page.goto(url + "/" + hash);
	return page;
}

// --- logging in
let page = await open({ viewport: { width: 1280, height: 900 } });
ok("a stranger is asked for a key", await seen(page, "#login-title", "Log in"));
await page.fill("#key", "no-such-key");
await page.press("#key", "Enter");
ok("a wrong key is refused, and it says how to get one", await seen(page, "#login-error", "liptako token"));
const stolen = await page.evaluate(() => fetch("/api/v1/measures").then((r) => r.status));
ok("nothing is told without one", stolen === 401, stolen);
await page.context().close();

page = await open({ viewport: { width: 1280, height: 900 } }, "#key=" + key);
ok("a link logs in", await seen(page, "#state", "defended"));
ok("its key is taken out of the address", !page.url().includes("key"), page.url());
const cookies = await page.context().cookies();
ok("the cookie is for this site's requests alone", cookies.length === 1 && cookies[0].httpOnly && cookies[0].sameSite === "Strict");
const forged = await page.evaluate(() => fetch("/api/v1/deny", { method: "POST", body: "{\"net\":\"203.0.113.99\"}" }).then((r) => r.status));
ok("a word without our header is refused", forged === 401, forged);

ok("nobody is shut out yet, and it says so", await seen(page, "#shut td", "Nobody is shut out."));

// --- live
await page.evaluate(() => { window.notReloaded = true; });
await outside("attack 203.0.113.21");
ok("an attack appears as it happens", await seen(page, "#live li", "203.0.113.21"));
ok("and in the table", await seen(page, "#shut td.net", "203.0.113.21"));
ok("without a reload", await page.evaluate(() => window.notReloaded === true));

// --- the alliance
ok("the alliance stands there", await seen(page, "#alliance-body", "sahel is alive: charter version 2"));
await page.click("#charter summary");
ok("with its charter, as it was sealed", await seen(page, "#charter pre", "niger") &&
	await seen(page, "#charter pre", "version: 2") &&
	!(await page.locator("#charter pre").textContent()).includes("\\x0a"));
await page.locator("#charter").screenshot({ path: `${shots}/charter-1280-light.png` });
await page.click("#charter summary");
ok("and who is in it", await seen(page, "#alliance-body th", "mali (us)") &&
	await seen(page, "#alliance-body th", "niger"));
ok("the lines to both posts are up, with their lag",
	await seen(page, "#alliance-posts tr:has(th:text-is('niger')):has(td:text-is('up'))", " ms") &&
	await seen(page, "#alliance-posts tr:has(th:text-is('mali')):has(td:text-is('up'))", " ms"));
await outside("ally 77.9.9.44");
ok("an ally's notice arrives as it happens", await seen(page, "#live li.notice", "niger says 77.9.9.44"));
ok("and what came of it", await seen(page, "#live li.shut", "77.9.9.44 on the word of niger"));
ok("the table names the ally", await seen(page, "#shut tr:has(td:text-is('77.9.9.44'))", "niger"));
await page.selectOption("#f-origin", "liptako-niger");
await gone(page, "#shut td.net", "203.0.113.21");
ok("an ally is an origin to filter by", (await page.locator("#shut td.net").allTextContents()).join() === "77.9.9.44",
	await page.locator("#shut td.net").allTextContents());
await page.selectOption("#f-origin", "");
await page.fill("#address", "77.9.9.44");
await page.press("#address", "Enter");
ok("why: the ally's notice, and the clause", await seen(page, "#answer li", "The notice of niger") &&
	await seen(page, "#answer li", "clause 4"));
await outside("attack 77.9.9.45");
ok("our own notice is answered", await seen(page, "#live li.receipt", "niger answers 77.9.9.45"));
await outside("pardon 77.9.9.44");
ok("the ally takes its word back: open again, live",
	await seen(page, "#live li.opened", "77.9.9.44"));
ok("all of it without a reload", await page.evaluate(() => window.notReloaded === true));

// --- why
await page.fill("#address", "203.0.113.21");
await page.press("#address", "Enter");
ok("why: the reason", await seen(page, "#answer", "openssh/auth-failure 5 times within 10 min"));
ok("why: the kernel's word", await seen(page, "#answer", "holds it"));
ok("why: where the evidence stands", await seen(page, "#answer li", "auth.log, byte"));
await page.fill("#address", "203.0.113.77");
await page.press("#address", "Enter");
ok("why-not of somebody else", await seen(page, "#answer", "is not shut out"));

// --- words
await page.fill("#address", "203.0.113.21");
await page.press("#address", "Enter");
await seen(page, "#answer", "is shut out");
await page.click("button[data-word=pardon]");
ok("a word is asked about first", await seen(page, "#confirm-title", "Let in again: 203.0.113.21?"));
await page.keyboard.press("Escape");
await page.locator("#confirm").waitFor({ state: "hidden" });
ok("Escape leaves it", await seen(page, "#answer .verdict", "203.0.113.21 is shut out"));
await page.click("button[data-word=pardon]");
await page.click("#confirm-yes");
ok("a pardon opens", await seen(page, "#answer .verdict", "is not shut out"));
ok("and is told live", await seen(page, "#live li", "let in again"));
await page.click("button[data-word=allow]");
await page.click("#confirm-yes");
ok("an allowance protects", await seen(page, "#answer", "It is protected"));
await page.fill("#address", "198.51.100.9");
await page.press("#address", "Enter");
await seen(page, "#answer", "198.51.100.9");
await page.click("button[data-word=deny]");
await page.fill("#confirm-note", "<img src=x onerror=alert(1)>");
await page.click("#confirm-yes");
ok("a denial shuts out", await seen(page, "#answer .verdict", "198.51.100.9 is shut out"));

// --- by keyboard alone
async function tabTo(p, selector) {
	for (let i = 0; i < 40; i++) {
		await p.keyboard.press("Tab");
		if (await p.evaluate((s) => document.activeElement.matches(s), selector))
			return true;
	}
	return false;
}
ok("keys reach the question", await tabTo(page, "#address"));
await page.keyboard.press("Control+A");
await page.keyboard.type("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
await page.keyboard.press("Enter");
await seen(page, "#answer", "is not shut out");
ok("and the words", await tabTo(page, "button[data-word=deny]"));
await page.keyboard.press("Enter");
await seen(page, "#confirm-title", "Shut out");
ok("and the button that confirms", await tabTo(page, "#confirm-yes"));
await page.keyboard.press("Enter");
ok("a denial without a mouse", await seen(page, "#answer .verdict", "2001:db8:aaaa:bbbb::/64 is shut out"));
const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, select, a[href], [role], section")]
	.filter((e) => e.checkVisibility() && !(e.labels && e.labels.length) && !e.textContent.trim() &&
		!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")).map((e) => e.outerHTML));
ok("all that is operated has a name", nameless.length === 0, nameless.join("\n"));

// --- a storm
const stormed = Date.now();
await outside("storm");
ok("10,000 attackers at once: the table knows them all", await seen(page, "#found", "10,00", 90000));
const stood = Date.now() - stormed;
const asked = await page.evaluate(async () => { // the best of some: others may have the processor
	let took = Infinity, o;
	for (let i = 0; i < 10 && took >= 300; i++) {
		const began = performance.now();
		o = await (await fetch("/api/v1/measures?limit=100")).json();
		took = Math.min(took, performance.now() - began);
	}
	return { took, rows: o.rows.length, found: o.found };
});
ok("a page of them is quick", asked.rows === 100 && asked.found > 10000 && asked.took < 300, JSON.stringify(asked));
ok("and the page shows no more than it can", await page.evaluate(() =>
	document.querySelectorAll("#live li").length <= 200 && document.querySelectorAll("#shut tbody tr").length === 100));
await page.click("#older");
ok("the next page", await seen(page, "#shut td.net", "46.7."));
await page.click("#newer");
console.log(`# 10,000 attackers in the table after ${stood} ms; a page of ${asked.found}: ${Math.round(asked.took)} ms`);

// --- a clock in another zone
const far = await open({ viewport: { width: 1280, height: 900 }, timezoneId: "Pacific/Auckland" }, "#key=" + key);
await seen(far, "#shut td.net", "46.7.");
await far.keyboard.press("Tab");
ok("the first key press offers to skip to the content", await far.evaluate(() => document.activeElement.matches(".skip")));
ok("times are the reader's own", await far.evaluate(() => {
	const t = document.querySelector("#shut td:nth-child(5) time");
	return t.textContent.endsWith(new Date(t.dateTime).toLocaleTimeString("en-GB", { timeZone: "Pacific/Auckland" }));
}));
await far.context().close();

// --- programs die
const calm = faults.length;
await outside("judge");
await outside("attack 203.0.113.31");
ok("judge dies and comes back: the page goes on", await seen(page, "#live li", "203.0.113.31") &&
	await seen(page, "#state", "defended"));
await outside("restart");
ok("all of it is started anew: who was logged in still is", await seen(page, "#state", "defended") &&
	await seen(page, "#facts", "up for") && await page.locator("#login").isHidden());
await outside("attack 203.0.113.32");
ok("and goes on, live", await seen(page, "#live li", "203.0.113.32"));
ok("still without a reload", await page.evaluate(() => window.notReloaded === true));
// what the browser says of a host that is away, and of a judge that is
faults.splice(0, faults.length, ...faults.filter((x, i) => i < calm || !/50[23]|ERR_/.test(x)));

// --- hostile text
await outside("hostile 203.0.113.22");
ok("text of an attacker is text", await seen(page, "#live li", "203.0.113.22"));
ok("and no element of the page", await page.evaluate(() =>
	document.querySelectorAll("script").length === 2 && !document.querySelector("#live script, #answer img")));

// --- a reader
const reader = await open({ viewport: { width: 800, height: 700 } }, "#key=" + readerKey);
ok("a reader looks on", await seen(reader, "#me-name", "looks on"));
await reader.fill("#address", "198.51.100.9");
await reader.press("#address", "Enter");
await seen(reader, "#answer .verdict", "is shut out");
ok("and has no words", await reader.locator("#words").isHidden());
const refused = await reader.evaluate(() => fetch("/api/v1/pardon", { method: "POST",
	headers: { "X-Liptako": "1" }, body: "{\"net\":\"198.51.100.9\"}" }).then((r) => r.status));
ok("and is refused if he tries", refused === 403, refused);
await reader.context().close();

// --- sizes and colours
for (const width of [360, 1280, 2560])
	for (const colorScheme of ["light", "dark"]) {
		const p = await open({ viewport: { width, height: Math.round(width * 0.7) + 300 }, colorScheme, reducedMotion: "reduce" }, "#key=" + key);
		await seen(p, "#shut td.net", "198.51.100.9");
		await p.fill("#address", "198.51.100.9");
		await p.press("#address", "Enter");
		await seen(p, "#answer .verdict", "is shut out");
		await p.waitForTimeout(700);
		const wide = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		const cut = await p.evaluate(() => [...document.querySelectorAll(".scroll")]
			.filter((x) => x.scrollWidth > x.clientWidth).map((x) => x.getAttribute("aria-label")).join(", "));
		ok(`${width} ${colorScheme}: nothing sticks out`, wide <= 0 && cut === "", wide + " " + cut);
		await p.evaluate(axe);
		const found = await p.evaluate(() => window.axe.run());
		ok(`${width} ${colorScheme}: axe has nothing to say`, found.violations.length === 0,
			found.violations.map((v) => v.id + ": " + v.nodes.map((x) => x.html).join(" | ").slice(0, 300)).join("\n"));
		await p.screenshot({ path: `${shots}/console-${width}-${colorScheme}.png`, fullPage: true });
		await p.fill("#address", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
		await p.press("#address", "Enter");
		await seen(p, "#answer .verdict", "2001:db8:aaaa:bbbb::/64 is shut out");
		await p.click("#words [data-word=deny]");
		ok(`${width} ${colorScheme}: nothing of the question is cut`, await seen(p, "#confirm-title", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff?") &&
			await p.evaluate(() => [...document.querySelectorAll("#confirm, #confirm *")].every((x) => x.scrollWidth <= x.clientWidth + 1 || !x.clientWidth)));
		await p.screenshot({ path: `${shots}/confirm-${width}-${colorScheme}.png` });
		await p.context().close();
	}

// --- weight
const fresh = await browser.newContext();
const weighed = await fresh.newPage();
weighed.on("response", async (r) => {
	const s = await r.request().sizes().catch(() => null);
	transferred += s ? s.responseBodySize + s.responseHeadersSize : 0;
});
const began = Date.now();
await weighed.goto(url + "/", { waitUntil: "load" });
const took = Date.now() - began;
for (let i = 0; i < 100 && transferred < 1000; i++)
	await weighed.waitForTimeout(100);
console.log(`# loaded in ${took} ms, ${transferred} bytes`);
ok("all of it is under 300 kB", transferred > 1000 && transferred < 300000, transferred);
await fresh.close();

ok("nothing was asked of anybody else", foreign.length === 0, foreign.join("\n"));
ok("the browser has no complaint", faults.length === 0, faults.join("\n"));
await browser.close();
console.log(`1..${n}`);
process.exit(0);
