// Numbers, dates and links as each language writes them. Nothing is computed here.
import { WORDS, keepSigns } from './words.js';

export const HIDDEN = '‡';
const NO_BREAK_SPACE = '\u00a0';

export const formatNumber = (value, lang, decimals = 1) =>
	new Intl.NumberFormat(WORDS[lang].locale, { maximumFractionDigits: decimals })
		.format(value)
		// French groups of three digits keep together on a line
		.replace(/\s/g, NO_BREAK_SPACE);

const percentSign = (lang) => (lang === 'fr' ? `${NO_BREAK_SPACE}%` : '%');

/** The number with its sign when it is a share; other units are written beside it. */
export const formatValue = (value, indicator, lang) =>
	formatNumber(value, lang, indicator.decimals ?? 1) + (indicator.measure_kind === 'share' ? percentSign(lang) : '');

/** The number with its unit in words. */
export const formatWithUnit = (value, indicator, lang) =>
	formatValue(value, indicator, lang) +
	(indicator.measure_kind === 'share' ? '' : NO_BREAK_SPACE + inLanguage(indicator, 'unit', lang));

/** `date` is ISO text (2026-03-01), so that no time zone can shift the day. */
export const formatDate = (date, lang) =>
	new Intl.DateTimeFormat(WORDS[lang].locale, { dateStyle: 'long', timeZone: 'UTC' })
		.format(new Date(`${date}T00:00:00Z`))
		.replace(/^1 /, lang === 'fr' ? '1er ' : '1 ');

export const formatMonth = (date, lang, month = 'short') =>
	new Intl.DateTimeFormat(WORDS[lang].locale, { month, year: 'numeric', timeZone: 'UTC' }).format(
		new Date(`${date}T00:00:00Z`)
	);

/** What a reader sees for a row of values: the number, the hidden symbol or the reason of absence. */
export const formatCell = (row, indicator, lang) => {
	if (row.suppression === 'hidden') return HIDDEN;
	if (row.value === null || row.value === undefined)
		return WORDS[lang].missing[row.missing_reason] ?? WORDS[lang].noValue;
	return formatValue(row.value, indicator, lang);
};

export const isNumber = (row) =>
	row.suppression !== 'hidden' && row.value !== null && row.value !== undefined;

/** How far along a drawing a value stands; two decimals are finer than any screen. */
export const percent = (value, whole) => Math.round((10000 * Math.min(value, whole)) / whole) / 100;

/** Names a published figure: the mark by which a page's text can be compared with the tables. */
export const cellKey = (row) =>
	row.cell_key ??
	['indicator_id', 'interval_kind', 'interval_start', 'agency_id', 'program_id', 'zone_id', 'breakdown_kind', 'breakdown_code']
		.map((column) => row[column] ?? '')
		.join('|');

/** Of rows of values, how many there are and how many of them are hidden. */
export const hiddenAmong = (rows) => ({
	all: rows.length,
	hidden: rows.filter((row) => row.suppression === 'hidden').length
});

/** A linkage band of one number says nothing, and is not shown. */
export const hasBand = (row) => isNumber(row) && row.value_low !== null && row.value_low < row.value_high;

/** The counts under lenient and under strict matching, in words; `short` for the cell of a table. */
export const formatBand = (row, lang, short = false) =>
	(short ? WORDS[lang].bandShort : WORDS[lang].band)(formatNumber(row.value_low, lang), formatNumber(row.value_high, lang));

/** Worst and best case stand beside a figure only while a partner is missing. */
export const hasBounds = (row) => isNumber(row) && row.bound_low !== null && row.bound_low < row.bound_high;

export const formatBounds = (row, indicator, lang, short = false) =>
	(short ? WORDS[lang].bandShort : WORDS[lang].bounds)(
		formatValue(row.bound_low, indicator, lang),
		formatValue(row.bound_high, indicator, lang)
	);

/** How many could not be linked, in a sentence; empty where nothing was received. */
export const formatNotLinked = (row, unit, lang) => {
	const words = WORDS[lang].notLinked[unit];
	if (!words || !row || row.suppression === 'missing') return '';
	if (row.suppression === 'hidden') return words.hidden;
	return row.value ? words.some(formatNumber(row.value, lang)) : words.none;
};

/** `title` in `en` reads the column title_en. French signs stay on the line of their word. */
export const inLanguage = (row, column, lang) => {
	const text = row?.[`${column}_${lang}`] ?? '';
	return lang === 'fr' ? keepSigns(text) : text;
};

/** Rows in the alphabetical order of their names in the reader's language. */
export const sortByName = (rows, columns, lang) =>
	[...rows].sort((a, b) =>
		columns
			.map((column) => inLanguage(a, column, lang).localeCompare(inLanguage(b, column, lang), lang))
			.reduce((first, next) => first || next, 0)
	);

/** Groups rows by a column, in the order in which its values first appear. */
export const groupBy = (rows, column) => {
	const groups = new Map();
	for (const row of rows) {
		if (!groups.has(row[column])) groups.set(row[column], []);
		groups.get(row[column]).push(row);
	}
	return [...groups];
};
