// What the kernels use of CUDA's headers, for clang without them. Included before every source.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __forceinline__ __inline__ __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))

typedef unsigned long size_t;
struct float2 { float x, y; } __attribute__((aligned(8)));
struct float4 { float x, y, z, w; } __attribute__((aligned(16)));
struct uint4 { unsigned x, y, z, w; } __attribute__((aligned(16)));
struct sreg3 { unsigned x, y, z; };

static __device__ inline float2 make_float2(float x, float y) { float2 v = { x, y }; return v; }
static __device__ inline float4 make_float4(float x, float y, float z, float w) { float4 v = { x, y, z, w }; return v; }

#define SREG(name) (sreg3 { (unsigned)__nvvm_read_ptx_sreg_##name##_x(), (unsigned)__nvvm_read_ptx_sreg_##name##_y(), (unsigned)__nvvm_read_ptx_sreg_##name##_z() })
#define threadIdx SREG(tid)
#define blockIdx SREG(ctaid)
#define blockDim SREG(ntid)
#define gridDim SREG(nctaid)

template <typename T, typename S> static __device__ inline T bits_as(S s) { T t; __builtin_memcpy(&t, &s, sizeof t); return t; }
static __device__ inline float __int_as_float(int x) { return bits_as<float>(x); }
static __device__ inline int __float_as_int(float x) { return bits_as<int>(x); }
static __device__ inline float __uint_as_float(unsigned x) { return bits_as<float>(x); }
static __device__ inline unsigned __float_as_uint(float x) { return bits_as<unsigned>(x); }
static __device__ inline long long __double_as_longlong(double x) { return bits_as<long long>(x); }
static __device__ inline double __longlong_as_double(long long x) { return bits_as<double>(x); }

static __device__ inline int __shfl_sync(unsigned m, int v, int lane, int width = 32) { return __nvvm_shfl_sync_idx_i32(m, v, lane, ((32 - width) << 8) | 31); }
static __device__ inline int __shfl_up_sync(unsigned m, int v, int d, int width = 32) { return __nvvm_shfl_sync_up_i32(m, v, d, (32 - width) << 8); }
static __device__ inline int __shfl_xor_sync(unsigned m, int v, int d, int width = 32) { return __nvvm_shfl_sync_bfly_i32(m, v, d, ((32 - width) << 8) | 31); }
static __device__ inline float __shfl_xor_sync(unsigned m, float v, int d, int width = 32) { return __nvvm_shfl_sync_bfly_f32(m, v, d, ((32 - width) << 8) | 31); }
static __device__ inline float __shfl_down_sync(unsigned m, float v, int d, int width = 32) { return __nvvm_shfl_sync_down_f32(m, v, d, ((32 - width) << 8) | 31); }
static __device__ inline unsigned __ballot_sync(unsigned m, int p) { return __nvvm_vote_ballot_sync(m, p); }
static __device__ inline int __any_sync(unsigned m, int p) { return __nvvm_vote_any_sync(m, p); }
static __device__ inline int __all_sync(unsigned m, int p) { return __nvvm_vote_all_sync(m, p); }
static __device__ inline unsigned __match_any_sync(unsigned m, int v) { return __nvvm_match_any_sync_i32(m, v); }
static __device__ inline unsigned __match_all_sync(unsigned m, int v, int* p) { return __nvvm_match_all_sync_i32p(m, v, p); }
static __device__ inline unsigned __activemask() { unsigned m; asm volatile("activemask.b32 %0;" : "=r"(m)); return m; }
static __device__ inline void __syncwarp(unsigned m = ~0u) { __nvvm_bar_warp_sync(m); }
static __device__ inline void __threadfence() { __nvvm_membar_gl(); }
static __device__ inline void __threadfence_block() { __nvvm_membar_cta(); }
static __device__ inline int __syncthreads_count(int p) { return __nvvm_bar0_popc(p); }
static __device__ inline int __syncthreads_and(int p) { return __nvvm_bar0_and(p); }
static __device__ inline int __syncthreads_or(int p) { return __nvvm_bar0_or(p); }

static __device__ inline int atomicAdd(int* p, int v) { return __nvvm_atom_add_gen_i(p, v); }
static __device__ inline unsigned atomicAdd(unsigned* p, unsigned v) { return __nvvm_atom_add_gen_i((int*)p, v); }
static __device__ inline unsigned long long atomicAdd(unsigned long long* p, unsigned long long v) { return __nvvm_atom_add_gen_ll((long long*)p, v); }
static __device__ inline int atomicMax(int* p, int v) { return __nvvm_atom_max_gen_i(p, v); }
static __device__ inline int atomicMin(int* p, int v) { return __nvvm_atom_min_gen_i(p, v); }
static __device__ inline unsigned atomicOr(unsigned* p, unsigned v) { return __nvvm_atom_or_gen_i((int*)p, v); }
static __device__ inline unsigned atomicInc(unsigned* p, unsigned v) { return __nvvm_atom_inc_gen_ui(p, v); }
static __device__ inline int atomicCAS(int* p, int c, int v) { return __nvvm_atom_cas_gen_i(p, c, v); }
static __device__ inline unsigned long long atomicCAS(unsigned long long* p, unsigned long long c, unsigned long long v) { return __nvvm_atom_cas_gen_ll((long long*)p, c, v); }

static __device__ inline int __popc(unsigned x) { return __builtin_popcount(x); }
static __device__ inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static __device__ inline int __ffs(int x) { return __builtin_ffs(x); }
static __device__ inline unsigned __brev(unsigned x) { return __builtin_bitreverse32(x); }
static __device__ inline int min(int a, int b) { return a < b ? a : b; }
static __device__ inline int max(int a, int b) { return a > b ? a : b; }
static __device__ inline double fabs(double x) { return __builtin_fabs(x); }
static __device__ inline float rsqrtf(float x) { return __nvvm_rsqrt_approx_f(x); }
static __device__ inline float __fadd_rn(float x, float y) { return __nvvm_add_rn_f(x, y); }
static __device__ inline float __fmul_rn(float x, float y) { return __nvvm_mul_rn_f(x, y); }
static __device__ inline double __dadd_rn(double x, double y) { return __nvvm_add_rn_d(x, y); }
static __device__ inline double __dmul_rn(double x, double y) { return __nvvm_mul_rn_d(x, y); }
static __device__ inline size_t __cvta_generic_to_shared(const void* p) { return (size_t)(__attribute__((address_space(3))) const char*)p; }
template <typename T> static __device__ inline T __ldg(const T* p) { return *p; }
