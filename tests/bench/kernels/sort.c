//===- sort.c - Sort numbers and records in three ways --------------------===//
//
// n rounds of: heap sort of 2048 64-bit numbers, quicksort of the same through a pointer to
// the comparison, and a stable merge sort of records by a key of 8 bytes.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { count = 2048 };

typedef struct {
  u8 key[8];
  u32 number;
} Record;

typedef i32 (*Compare)(u64, u64);

static void siftDown(u64 *heap, u32 at, u32 size) {
  u64 moving = heap[at];
  for (u32 child; (child = 2 * at + 1) < size; at = child) {
    if (child + 1 < size && heap[child + 1] > heap[child])
      ++child;
    if (heap[child] <= moving)
      break;
    heap[at] = heap[child];
  }
  heap[at] = moving;
}

static NOINLINE void heapSort(u64 *numbers, u32 size) {
  for (u32 i = size / 2; i-- > 0;)
    siftDown(numbers, i, size);
  for (u32 end = size; end-- > 1;) {
    u64 largest = numbers[0];
    numbers[0] = numbers[end];
    numbers[end] = largest;
    siftDown(numbers, 0, end);
  }
}

static i32 ascending(u64 a, u64 b) { return a < b ? -1 : a > b; }
static i32 descending(u64 a, u64 b) { return ascending(b, a); }

static NOINLINE void quickSort(u64 *numbers, i32 low, i32 high, Compare compare) {
  while (low < high) {
    u64 pivot = numbers[low + (high - low) / 2];
    i32 i = low, j = high;
    while (i <= j) {
      while (compare(numbers[i], pivot) < 0)
        ++i;
      while (compare(numbers[j], pivot) > 0)
        --j;
      if (i > j)
        break;
      u64 kept = numbers[i];
      numbers[i++] = numbers[j];
      numbers[j--] = kept;
    }
    // The shorter part by a call, the longer one by going on.
    if (j - low < high - i) {
      quickSort(numbers, low, j, compare);
      low = i;
    } else {
      quickSort(numbers, i, high, compare);
      high = j;
    }
  }
}

static i32 compareKeys(const Record *a, const Record *b) {
  for (u32 i = 0; i < 8; ++i)
    if (a->key[i] != b->key[i])
      return a->key[i] < b->key[i] ? -1 : 1;
  return 0;
}

static void merge(const Record *from, Record *to, u32 low, u32 middle, u32 high) {
  for (u32 i = low, j = middle, at = low; at < high; ++at)
    to[at] =
        i < middle && (j == high || compareKeys(&from[i], &from[j]) <= 0) ? from[i++] : from[j++];
}

/// Sorts `records`; `other` is for work. 11 passes, so that the result is in `other`.
static NOINLINE void mergeSort(Record *records, Record *other) {
  for (u32 width = 1; width < count; width *= 2) {
    for (u32 low = 0; low < count; low += 2 * width)
      merge(records, other, low, low + width, low + 2 * width);
    Record *swapped = records;
    records = other;
    other = swapped;
  }
}

static void mustAscend(const u64 *numbers) {
  for (u32 i = 1; i < count; ++i)
    if (numbers[i - 1] > numbers[i])
      __builtin_trap();
}

u32 run(u32 n) {
  static u64 numbers[count], again[count];
  static Record records[count], sorted[count];
  u64 state = 17;
  u32 checksum = 1;
  for (u32 round = 0; round < n; ++round) {
    for (u32 i = 0; i < count; ++i) {
      u64 random = numbers[i] = again[i] = nextRandom(&state);
      for (u32 j = 0; j < 8; ++j)
        records[i].key[j] = (u8)(random >> 8 * j) % 4; // Many keys begin alike.
      records[i].number = i;
    }
    heapSort(numbers, count);
    mustAscend(numbers);
    quickSort(again, 0, count - 1, round % 2 == 0 ? ascending : descending);
    for (u32 i = 0; i < count; ++i)
      if (again[i] != numbers[round % 2 == 0 ? i : count - 1 - i])
        __builtin_trap();
    mergeSort(records, sorted);
    for (u32 i = 0; i < count; i += 64)
      checksum = mix(checksum, (u32)numbers[i] ^ sorted[i].number);
  }
  return checksum;
}
