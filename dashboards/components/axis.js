// Round steps for a chart's axis, from zero to just above the largest value.

export const axisTicks = (values, unit) => {
	if (unit === 'percent') return [0, 25, 50, 75, 100];
	const largest = Math.max(...values, 1);
	const power = 10 ** Math.floor(Math.log10(largest / 4));
	const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * power).filter(Number.isInteger);
	const step = steps.find((size) => size * 4 >= largest) ?? 1;
	const count = Math.ceil(largest / step);
	return Array.from({ length: count + 1 }, (_, i) => i * step);
};

/** A range somewhat wider than the values, so that small changes do not look like leaps. */
export const closeRange = (values) => {
	const [low, high] = [Math.min(...values), Math.max(...values)];
	const margin = Math.max((high - low) * 0.25, high * 0.04, 0.5);
	return [low - margin, high + margin];
};
