import assert from 'node:assert/strict'
import {test} from 'node:test'
import {Random} from '../random.ts'
import {quantile, ratioOf, shuffle, spreadOf} from './figures.ts'

test('a median is the middle number, or lies between the two in the middle', () => {
  assert.equal(quantile([3], 0.5), 3)
  assert.equal(quantile([9, 1, 5], 0.5), 5)
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5)
  // Numbers, not texts.
  assert.equal(quantile([10, 9, 100], 0.5), 10)
})

test('quartiles are interpolated as R and NumPy do', () => {
  assert.deepEqual(spreadOf([1, 2, 3, 4]), {median: 2.5, p25: 1.75, p75: 3.25})
  assert.deepEqual(spreadOf([7]), {median: 7, p25: 7, p75: 7})
})

test('a quantile of nothing is a mistake of the caller', () => {
  assert.throws(() => quantile([], 0.5), RangeError)
  assert.throws(() => ratioOf([], [[1]]), RangeError)
})

test('what was measured is left as it is', () => {
  const numbers = [3, 1, 2]
  quantile(numbers, 0.5)
  assert.deepEqual(numbers, [3, 1, 2])
})

test('a ratio is that of the medians, with the quartiles of the rounds', () => {
  const {median, p25, p75} = ratioOf([[10, 20, 60]], [[10, 10, 20]])
  assert.equal(median, 2)
  assert.deepEqual([p25, p75], [1.5, 2.5])
})

test('noise that met both sides of a round leaves no trace in its quartiles', () => {
  assert.deepEqual(ratioOf([[2, 20, 200]], [[1, 10, 100]]), {median: 2, p25: 2, p75: 2})
})

test('a side may be a sum', () => {
  assert.deepEqual(
    ratioOf(
      [[30, 30]],
      [
        [5, 5],
        [10, 10],
      ],
    ),
    {median: 2, p25: 2, p75: 2},
  )
  assert.throws(() => ratioOf([[1, 2]], [[1], [1, 2]]), RangeError)
})

test('every order is as likely as any other', () => {
  const random = new Random(7)
  const counts = new Map<string, number>()
  for (let count = 0; count < 6000; count += 1) {
    const order = shuffle(['a', 'b', 'c'], limit => random.below(limit)).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  assert.equal(counts.size, 6)
  for (const [order, count] of counts) assert.ok(count > 850 && count < 1150, `${order}: ${count} of 6000`)
})
