import {
	initDB,
	query,
	setParquetURLs,
	updateSearchPath
} from '@evidence-dev/universal-sql/client-duckdb';

// Every page is finished when the site is built: no script is sent to the reader
export const csr = false;
// 'auto', not true: there may be no agency that may be named, and no reporting year that has ended
export const prerender = 'auto';
export const trailingSlash = 'always';

const openTables = async () => {
	const { readFile } = await import('fs/promises');
	const { renderedFiles } = JSON.parse(await readFile('../data/manifest.json', 'utf-8'));
	await initDB();
	await setParquetURLs(renderedFiles);
	updateSearchPath(Object.keys(renderedFiles));
};

const answers = new Map();

const ask = (sql) => {
	if (!answers.has(sql)) {
		try {
			answers.set(sql, query(sql));
		} catch (error) {
			// Evidence would log this and build a page without the figures; console.error is lost on exit
			process.getBuiltinModule('fs').writeSync(2, `${error.message}\n${sql}\n`);
			process.exit(1);
		}
	}
	return answers.get(sql);
};

const DUCKDB_TYPES = { string: 'VARCHAR', number: 'DOUBLE', boolean: 'BOOLEAN', date: 'TIMESTAMP' };
const COLUMNS = 'DESCRIBE ';
const LENGTH = 'SELECT COUNT(*) as rowCount FROM (';
// Evidence names each of its subqueries at random: without that name, equal questions are equal texts
const RANDOM_NAME = / AS "inputQuery-[^"]*"/g;

/**
 * Each query of a page is put to the tables once: the page in the other language gets the same
 * answer, and what Evidence asks besides (columns, number of rows) is read from it.
 */
const answer = (sql) => {
	const question = sql.replace(/^---- .*\n/, '').replaceAll(RANDOM_NAME, ' AS asked').trim();
	if (question.startsWith(COLUMNS)) {
		const { _evidenceColumnTypes } = ask(question.slice(COLUMNS.length));
		return _evidenceColumnTypes.map((column) => ({
			column_name: column.name,
			column_type: DUCKDB_TYPES[column.evidenceType]
		}));
	}
	if (question.startsWith(LENGTH) && question.endsWith(')')) {
		return [{ rowCount: ask(question.slice(LENGTH.length, -1)).length }];
	}
	return ask(question);
};

let tables;

/** What Evidence's pages expect of their layout: a function which answers their queries. */
export const load = async () => {
	tables ??= openTables();
	await tables;
	return {
		publication: answer('select * from publication')[0].toJSON(),
		__db: { query: answer },
		inputs: {},
		data: {},
		customFormattingSettings: {}
	};
};
