// The words of the interface, in both languages. Names of indicators, agencies, zones, codes and rules come from the data.
import { INTRODUCTIONS } from './practices.js';
import { en } from './words_en.js';
import { fr } from './words_fr.js';

/** In French a colon and a quotation mark stay on the line of the word beside them. */
export const keepSigns = (text) => text.replaceAll(/ (?=[:»])|(?<=«) /g, '\u00a0');

const keepAllSigns = (words) => {
	if (typeof words === 'string') return keepSigns(words);
	if (typeof words === 'function') return (...values) => keepAllSigns(words(...values));
	if (Array.isArray(words)) return words.map(keepAllSigns);
	return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, keepAllSigns(value)]));
};

const introductionsIn = (lang) =>
	Object.fromEntries(Object.entries(INTRODUCTIONS).map(([system, texts]) => [system, texts[lang]]));

export const WORDS = {
	en: { ...en, introductions: introductionsIn('en') },
	fr: keepAllSigns({ ...fr, introductions: introductionsIn('fr') })
};
