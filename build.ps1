#!/usr/bin/env pwsh
# SiaEngine's build script: .\build.ps1 [build|test|demo|bench]. Each task is one dotnet command, so every line also works in any shell.
param(
    [ValidateSet('build', 'test', 'demo', 'bench')]
    [string] $Task = 'build'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Invoke-Dotnet {
    param([string[]] $Arguments)
    & dotnet @Arguments
    if ($LASTEXITCODE -ne 0) {
        exit $LASTEXITCODE
    }
}

switch ($Task) {
    'build' { Invoke-Dotnet @('build', '-c', 'Release', 'SiaEngine.sln') }
    'test' { Invoke-Dotnet @('test', '-c', 'Release') }
    'demo' { Invoke-Dotnet @('run', '-c', 'Release', '--project', 'train', '--', 'demo') }
    'bench' { Invoke-Dotnet @('run', '-c', 'Release', '--project', 'train', '--', 'bench', 'train-step', 'tiny', '--method', 'sia') }
}
