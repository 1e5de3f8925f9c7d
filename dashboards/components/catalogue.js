// The order in which indicators stand on a page: by way of working, by question, by name, companions behind their own.
import { PRACTICES } from './practices.js';
import { groupBy, inLanguage } from './format.js';

/** [[system, [[question, indicators]]]]: a companion stands with the question of the indicator it is shown beside. */
export const bySystem = (catalogue, lang) => {
	const mainOf = (indicator) => catalogue.find((row) => row.indicator_id === indicator.beside) ?? indicator;
	const placed = catalogue.map((indicator) => {
		const main = mainOf(indicator);
		return { indicator, system: main.system, question: main.question, name: inLanguage(main, 'title', lang) };
	});
	const sorted = (rows) =>
		[...rows].sort(
			(a, b) =>
				a.name.localeCompare(b.name, lang) || Boolean(a.indicator.beside) - Boolean(b.indicator.beside)
		);
	const place = ([system]) => (PRACTICES.includes(system) ? PRACTICES.indexOf(system) : PRACTICES.length);
	return groupBy(placed, 'system')
		.sort((a, b) => place(a) - place(b))
		.map(([system, ofSystem]) => [
			system,
			groupBy(ofSystem, 'question').map(([question, rows]) => [question, sorted(rows).map(({ indicator }) => indicator)])
		]);
};

/** The parameters that an indicator's definition names. */
export const parametersOf = (indicator, parameters) => {
	const ids = (indicator.parameters ?? '').split(';');
	return parameters.filter(({ parameter_id }) => ids.includes(parameter_id));
};

/** Only months are many enough to tell a change from chance. */
export const isMonthly = (indicator) => indicator.interval.split(',').includes('month');
