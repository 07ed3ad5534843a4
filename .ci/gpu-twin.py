#!/usr/bin/env python3
"""PyTorch beside the engine on the same GPU: attention (SDPA and compiled FlexAttention), or a GPT training step.

gpu-twin.py attention OUT.json [--wait FILE]
gpu-twin.py train OUT.json [--wait FILE] [--tokens N]

Compiles first, then creates OUT.json.compiled; with --wait it then waits for FILE, so that compiling can run beside other work and timing alone.
Times are medians of device events. flex-formula computes the transform from the positions, flex-tables reads it from tables as this engine does: by default its
gathers are pipelined through more shared memory than there is, so its tiles are set. flex-causal and sdpa do not do the transform at all.
Scale-invariant attention is L[i,j] = a[i-j] q[i].k[j] / sqrt(D) + m[i-j] with a = sqrt(2 ln(1 + t/tau) + 1), m = -2 ln(1 + t/tau), tau = 10 (arXiv:2505.17083).
"""
import json, os, statistics, sys, time

import torch
import torch._functorch.config
import torch.nn.functional as F
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

torch.manual_seed(1)
torch.set_float32_matmul_precision("highest")
torch._dynamo.config.recompile_limit = 64
torch._functorch.config.donated_buffer = False  # backward is run again and again on one graph
PART, OUT = sys.argv[1:3]
WAIT = sys.argv[sys.argv.index("--wait") + 1] if "--wait" in sys.argv else None
TOKENS = int(sys.argv[sys.argv.index("--tokens") + 1]) if "--tokens" in sys.argv else 32768
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


TABLES = {"fwd_BLOCK_M": 128, "fwd_BLOCK_N": 64, "fwd_num_stages": 2, "bwd_BLOCK_M1": 64, "bwd_BLOCK_N1": 64, "bwd_BLOCK_M2": 64, "bwd_BLOCK_N2": 64, "bwd_num_stages": 2}


def attention_cases():
    cases = []
    for shape in SHAPES:
        t = shape[2]
        mask = create_block_mask(causal, None, None, t, t, device="cuda")
        cases.append(Case("sdpa", shape, lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)))
        for name, modify, options in [("flex-formula", literal, None), ("flex-tables", tabled(t), TABLES), ("flex-causal", None, None)]:
            if name in ("flex-causal", "flex-tables") and t > 4096:
                continue
            cases.append(Case(name, shape, lambda q, k, v, modify=modify, mask=mask, options=options: flex(q, k, v, score_mod=modify, block_mask=mask, kernel_options=options)))
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


def training(length, attention):
    """A step of 12 layers of width 768, bf16 under autocast, fused AdamW on f32 weights, compiled whole."""
    mask = create_block_mask(causal, None, None, length, length, device="cuda")
    attend = (lambda q, k, v: flex_attention(q, k, v, score_mod=literal, block_mask=mask)) if attention == "flex-formula" \
        else (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    model = Gpt(12, 768, 6, 50304, length, attend).cuda()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    tokens = torch.randint(0, 50304, (TOKENS // length, length + 1), device="cuda")
    compiled = torch.compile(model, dynamic=False)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", dtype=torch.bfloat16):
            loss = compiled(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        optimizer.step()
    return step


def run(rows, measure):
    """Compiles, waits, measures; what fails is a row with its error, and the rest goes on."""
    result = {"torch": torch.__version__, "device": torch.cuda.get_device_name(), PART: []}
    begun, ready = time.time(), []
    for name, prepare in rows:
        try:
            ready.append((name, prepare()))
        except Exception as error:
            result[PART].append({"name": name, "error": str(error)[-400:]})
            print(f"twin: {name}: {str(error)[-200:]}", flush=True)
    torch.cuda.synchronize()
    result["compile_s"] = time.time() - begun
    print(f"twin: {PART} compiled in {result['compile_s']:.0f} s", flush=True)
    open(OUT + ".compiled", "w").close()
    while WAIT and not os.path.exists(WAIT):
        time.sleep(0.1)
    for name, what in ready:
        row = measure(name, what)
        result[PART].append(row)
        print("twin: " + ", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in row.items()), flush=True)
    result["peak_gib"] = torch.cuda.max_memory_allocated() / 2**30
    with open(OUT, "w") as file:
        json.dump(result, file, indent=1)


def attention():
    def prepare(case):
        case.forward()
        case.prepare()
        case.backward()
        case.y = None
        return case

    def measure(name, case):
        b, h, t, d = case.shape
        work = 2 * b * h * t * t * d / 1e9
        forward = median_ms(case.forward, budget_s=0.3)
        case.prepare()
        backward = median_ms(case.backward, budget_s=0.3)
        case.y = None
        return {"name": name, "B": b, "H": h, "T": t, "D": d, "forward_ms": forward, "backward_ms": backward, "forward_tflops": work / forward, "backward_tflops": 2.5 * work / backward}
    run([(case.name, lambda case=case: prepare(case)) for case in attention_cases()], measure)


def train():
    def prepare(attention):
        step = training(4096, attention)
        step()
        return step

    def measure(name, step):
        ms = median_ms(step, least=5, budget_s=2)
        return {"name": name, "tokens": TOKENS, "T": 4096, "step_ms": ms, "tokens_per_s": TOKENS / ms * 1000}
    run([(name, lambda name=name: prepare(name)) for name in ("flex-formula", "sdpa")], measure)


{"attention": attention, "train": train}[PART]()
