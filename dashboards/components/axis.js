// Round steps for a chart's axis, from zero to just above the largest value.

const SHARES = [
	[0, 5, 10, 15, 20, 25],
	[0, 10, 20, 30, 40, 50],
	[0, 25, 50, 75, 100]
];

/** `indicator` says whether the values are shares of a hundred, and how many decimals they have. */
export const axisTicks = (values, indicator) => {
	const decimals = indicator.decimals ?? 0;
	const largest = Math.max(...values, 10 ** -decimals);
	if (indicator.measure_kind === 'share') {
		const ticks = SHARES.find((ticks) => ticks[ticks.length - 1] >= largest);
		if (ticks) return ticks;
	}
	const power = 10 ** Math.floor(Math.log10(largest / 4));
	const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * power).filter((step) => isWritable(step, decimals));
	const step = steps.find((size) => size * 4 >= largest) ?? 10 ** -decimals;
	const count = Math.ceil(largest / step - 1e-9);
	return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toFixed(decimals)));
};

const isWritable = (step, decimals) => Math.abs(step - Number(step.toFixed(decimals))) < 1e-9 && step > 0;

/** A range somewhat wider than the values, so that small changes do not look like leaps. */
export const closeRange = (values, decimals = 0) => {
	const [low, high] = [Math.min(...values), Math.max(...values)];
	const margin = Math.max((high - low) * 0.25, high * 0.04, 0.5 * 10 ** -decimals);
	return [low - margin, high + margin];
};
