#ifndef STS_BENCH_LINEAR_H
#define STS_BENCH_LINEAR_H

void bench_linear(void);

#endif
