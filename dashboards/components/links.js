// Addresses of pages about a figure.
import { base } from '$app/paths';

export const indicatorPage = (indicator_id, lang) => `${base}/${lang}/indicators/${indicator_id}/`;

/** All receipts of an indicator; `kind` leads to those of one kind of interval. */
export const receiptsPage = (indicator_id, lang, kind = '') =>
	`${base}/${lang}/receipts/${indicator_id}/${kind && `#${kind}`}`;

/** The receipt of one figure. */
export const receiptOf = (row, lang) => `${base}/${lang}/receipts/${row.indicator_id}/#${row.receipt_id}`;
