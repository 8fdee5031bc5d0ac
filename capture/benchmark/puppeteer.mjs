// The other side of the comparison: a bare full-page PNG, as most tools take it.
// usage: node puppeteer.mjs BROWSER ADDRESS OUT.png
import puppeteer from 'puppeteer-core';

const [browserPath, address, out] = process.argv.slice(2);
const args = process.env.CONSTAT_NO_SANDBOX === '1' ? ['--no-sandbox'] : [];
const browser = await puppeteer.launch({ executablePath: browserPath, headless: true, pipe: true, args });
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 900 });
await page.goto(address, { waitUntil: 'networkidle0' });
await page.screenshot({ path: out, fullPage: true });
await browser.close();
