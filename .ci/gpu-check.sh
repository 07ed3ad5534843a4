#!/usr/bin/env bash
# Checks a GPU node: runs the device tests on the GPU, walks the driver, trains beside the CPU, times every kernel. Writes one JSON file and ends with one line.
# gpu-check.sh [RESULT.json]; SIA_TEST_DEVICE=sim tries it without a GPU. Exit 0: all holds. 1: something does not. 3: there is no GPU.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
bin="$here/bin"
result="${1:-$PWD/gpu-check.json}"
device="${SIA_TEST_DEVICE:-cuda}"
export SIA_TEST_DEVICE="$device" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

"$bin/sia" doctor --device "$device" || { echo "gpu-check: --device $device does not run here; the table above says where it stops"; exit 3; }

classes=(Ops.DeviceMatrixTests Cuda.DeviceEdgeTests Cuda.DeviceIndexTests Cuda.DeviceOptimizerTests Cuda.DeviceRotationTests Cuda.GraphTests Cuda.TensorCoreAttentionTests
    Cuda.TrainingStepTests)
[ $# -lt 2 ] || classes=("${@:2}")
arguments=()
for class in "${classes[@]}"; do arguments+=(-class "SiaEngine.Tests.$class"); done
log="$(mktemp)"
"$bin/SiaEngine.Tests" -noColor -parallelMode none "${arguments[@]}" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
tests="$(grep -o 'Total: [0-9]*, Errors: [0-9]*, Failed: [0-9]*, Skipped: [0-9]*' "$log" | tail -n 1)"
rm -f "$log"

repetitions=20 steps=50
[ "$device" = cuda ] || { repetitions=1; steps=2; }
"$bin/sia" bench gpu-check --device "$device" --reps "$repetitions" --steps "$steps" --tests "${tests:-did not run}" --out "$result"
check=$?
if [ "$status" -eq 0 ] && [ "$check" -eq 0 ]; then echo "gpu-check: holds; tests $tests; $result"; exit 0; fi
echo "gpu-check: DOES NOT HOLD; tests ${tests:-did not run} (exit $status), check exit $check; $result"
exit 1
