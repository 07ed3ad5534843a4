#!/usr/bin/env python3
"""PyTorch beside the engine on the same GPU: copy, matrix product, attention (SDPA and compiled FlexAttention) and a GPT training step.

gpu-twin.py OUT.json [--wait FILE] [--train TOKENS]

Compiles first; with --wait it then waits for FILE, so that compiling can run beside other work and timing alone. Times are medians of device events.
Scale-invariant attention is L[i,j] = a[i-j] q[i].k[j] / sqrt(D) + m[i-j] with a = sqrt(2 ln(1 + t/tau) + 1), m = -2 ln(1 + t/tau), tau = 10 (arXiv:2505.17083).
"""
import json, math, os, statistics, sys, time

import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

torch.manual_seed(1)
torch.set_float32_matmul_precision("highest")
torch._dynamo.config.recompile_limit = 64
OUT = sys.argv[1]
WAIT = sys.argv[sys.argv.index("--wait") + 1] if "--wait" in sys.argv else None
TRAIN = int(sys.argv[sys.argv.index("--train") + 1]) if "--train" in sys.argv else 0
SHAPES = [(4, 12, 4096, 64), (4, 6, 4096, 128), (1, 12, 16384, 64), (1, 6, 16384, 128)]
flex = torch.compile(flex_attention, dynamic=False)


def median_ms(call, least=10, budget_s=0.6):
    for _ in range(3):
        call()
    torch.cuda.synchronize()
    times, begun = [], time.time()
    while len(times) < least or time.time() - begun < budget_s:
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        call()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
        if len(times) >= 200:
            break
    return statistics.median(times)


def tables(length, tau=10.0):
    t = torch.arange(length, device="cuda", dtype=torch.float64)
    log = torch.log1p(t / tau)
    return torch.sqrt(2 * log + 1).float(), (-2 * log).float()


def tabled(length):
    a, m = tables(length)

    def modify(score, b, h, i, j):
        t = (i - j).clamp(min=0)
        return score * a[t] + m[t]
    return modify


def literal(score, b, h, i, j):
    log = torch.log1p((i - j).clamp(min=0).float() * 0.1)
    return score * torch.sqrt(2 * log + 1) - 2 * log


def causal(b, h, i, j):
    return i >= j


class Case:
    """One attention of one shape; forward alone, and forward with backward."""

    def __init__(self, name, shape, attend):
        self.name, self.shape, self.attend = name, shape, attend
        b, h, t, d = shape
        # As in a model: q, k and v are views of one projection.
        self.qkv = torch.randn(b, t, 3, h, d, device="cuda", dtype=torch.bfloat16)
        self.dy = torch.randn(b, h, t, d, device="cuda", dtype=torch.bfloat16)

    def forward(self):
        with torch.no_grad():
            q, k, v = (x.transpose(1, 2) for x in self.qkv.unbind(2))
            return self.attend(q, k, v)

    def prepare(self):
        q, k, v = (x.transpose(1, 2).detach().requires_grad_() for x in self.qkv.unbind(2))
        self.leaves = q, k, v
        self.y = self.attend(q, k, v)

    def backward(self):
        torch.autograd.grad(self.y, self.leaves, self.dy, retain_graph=True)


def attention_cases():
    cases = []
    for shape in SHAPES:
        t = shape[2]
        mask = create_block_mask(causal, None, None, t, t, device="cuda")
        cases.append(Case("sdpa", shape, lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)))
        for name, modify in [("flex-tables", tabled(t)), ("flex-formula", literal), ("flex-causal", None)]:
            if name in ("flex-formula", "flex-causal") and t > 4096:
                continue
            cases.append(Case(name, shape, lambda q, k, v, modify=modify, mask=mask: flex(q, k, v, score_mod=modify, block_mask=mask)))
    return cases


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = torch.nn.Linear(width, 3 * width, bias=False)
        self.out = torch.nn.Linear(width, width, bias=False)
        self.up = torch.nn.Linear(width, 4 * width, bias=False)
        self.down = torch.nn.Linear(4 * width, width, bias=False)

    def forward(self, x, cos, sin, attend):
        b, t, c = x.shape
        d = c // self.heads
        q, k, v = self.qkv(F.rms_norm(x, (c,))).view(b, t, 3, self.heads, d).unbind(2)
        q, k = F.rms_norm(q, (d,)), F.rms_norm(k, (d,))

        def rotate(z):
            left, right = z.float().chunk(2, -1)
            return torch.cat([left * cos + right * sin, right * cos - left * sin], -1).to(z.dtype)
        y = attend(rotate(q).transpose(1, 2), rotate(k).transpose(1, 2), v.transpose(1, 2))
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.relu(self.up(F.rms_norm(x, (c,)))).square())


class Gpt(torch.nn.Module):
    def __init__(self, layers, width, heads, vocabulary, length, attend):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.blocks = torch.nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        d = width // heads
        pairs = torch.arange(d // 2, dtype=torch.float64)
        speed = torch.where(pairs < d // 4, 1024.0 ** (-pairs / (d // 4)), 0.0)
        angle = torch.arange(length, dtype=torch.float64)[:, None] * speed[None]
        self.register_buffer("cos", angle.cos().float()[:, None, :])
        self.register_buffer("sin", angle.sin().float()[:, None, :])
        self.attend = attend

    def forward(self, tokens, targets):
        x = F.rms_norm(self.embedding(tokens), (self.embedding.embedding_dim,))
        for block in self.blocks:
            x = block(x, self.cos, self.sin, self.attend)
        logits = self.head(F.rms_norm(x, (x.shape[-1],)))
        return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


def training(length, micro, attention):
    """A step of 12 layers of width 768 in bf16 with fused AdamW on f32 masters under autocast, compiled whole."""
    mask = create_block_mask(causal, None, None, length, length, device="cuda")
    modify = tabled(length)
    attend = (lambda q, k, v: flex_attention(q, k, v, score_mod=modify, block_mask=mask)) if attention == "flex-tables" \
        else (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    model = Gpt(12, 768, 6, 50304, length, attend).cuda()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    tokens = torch.randint(0, 50304, (micro // length, length + 1), device="cuda")
    compiled = torch.compile(model, dynamic=False)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = compiled(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        optimizer.step()
    return step


def main():
    begun = time.time()
    result = {"torch": torch.__version__, "device": torch.cuda.get_device_name(), "attention": [], "training": []}
    cases = attention_cases()
    for case in cases:
        case.forward()
        case.prepare()
        case.backward()
        case.y = None
    steps = []
    if TRAIN:
        for attention in ("flex-tables", "sdpa"):
            try:
                step = training(4096, TRAIN, attention)
                step()
                steps.append((attention, step))
            except Exception as error:
                result["training"].append({"attention": attention, "error": str(error)[:500]})
    torch.cuda.synchronize()
    result["compile_s"] = time.time() - begun
    print(f"twin: compiled in {result['compile_s']:.0f} s", flush=True)
    while WAIT and not os.path.exists(WAIT):
        time.sleep(0.2)

    source = torch.randn(128 << 20, device="cuda")
    target = torch.empty_like(source)
    result["copy_gb_s"] = 2 * source.numel() * 4 / median_ms(lambda: target.copy_(source)) / 1e6
    del source, target
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    result["gemm_bf16_tflops"] = 2 * 8192**3 / median_ms(lambda: a @ b) / 1e9
    del a, b
    print(f"twin: copy {result['copy_gb_s']:.0f} GB/s, bf16 8192 {result['gemm_bf16_tflops']:.0f} TFLOP/s", flush=True)
    for case in cases:
        b, h, t, d = case.shape
        work = 2 * b * h * t * t * d / 1e9
        forward = median_ms(case.forward)
        case.prepare()
        backward = median_ms(case.backward)
        case.y = None
        row = {"name": case.name, "B": b, "H": h, "T": t, "D": d, "forward_ms": forward, "backward_ms": backward,
               "forward_tflops": work / forward, "backward_tflops": 2.5 * work / backward}
        result["attention"].append(row)
        print(f"twin: {case.name:13s} B{b} H{h} T{t} D{d}: forward {forward:.3f} ms {work / forward:.0f} TFLOP/s, backward {backward:.3f} ms {2.5 * work / backward:.0f} TFLOP/s", flush=True)
    for attention, step in steps:
        ms = median_ms(step, least=5, budget_s=2)
        result["training"].append({"attention": attention, "tokens": TRAIN, "T": 4096, "step_ms": ms, "tokens_per_s": TRAIN / ms * 1000})
        print(f"twin: training {attention}: {ms:.1f} ms, {TRAIN / ms * 1000:,.0f} tokens/s", flush=True)
    result["peak_gib"] = torch.cuda.max_memory_allocated() / 2**30
    with open(OUT, "w") as file:
        json.dump(result, file, indent=1)


main()
