// Reads scripts, a line of JSON each, runs them with a page of a browser, and tells what each gave.
const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const { chromium } = createRequire(`${process.cwd()}/driver.js`)("playwright-core");

const { executablePath, viewport, colorScheme, patience } = JSON.parse(process.argv[1]);
const Script = Object.getPrototypeOf(async () => {}).constructor;

(async () => {
  // In a container there is no sandbox to be had, and the pages are ours.
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  let failures = [];
  page.on("pageerror", (error) => failures.push(String(error.stack)));
  page.on("console", (message) => {
    // An answer that is no success is none of the page's own errors.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) failures.push(message.text());
  });
  for await (const line of createInterface({ input: process.stdin })) {
    let result = null;
    try {
      result = (await new Script("page", "context", JSON.parse(line))(page, context)) ?? null;
    } catch (error) {
      failures.push(String(error.stack));
    }
    process.stdout.write(`${JSON.stringify({ result, failures })}\n`);
    failures = [];
  }
  await browser.close();
})();
