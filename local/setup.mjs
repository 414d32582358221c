// Makes a fresh clone able to run a command, then runs it:
//
//   node local/setup.mjs -- <command...>
//
// This file runs before anything is installed, so it is plain Node without a dependency.
// What it finds in order it leaves alone; a second start costs a few milliseconds.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const home = join(repository, '.drawbridge')
const hash = (...files) => files.reduce((sum, file) => sum.update(readFileSync(file)), createHash('sha256')).digest('hex')
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

class SetupError extends Error {}

function findOnPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      if (statSync(file).isFile()) return file
    } catch {
      continue
    }
  }
  return undefined
}

/** Runs a command to its end; its output is shown only when it failed. */
function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => failed(new SetupError(`${command} could not be started: ${error.message}`)))
    child.on('close', (code) =>
      code === 0 ? done(output) : failed(new SetupError(`${command} ${args.join(' ')} ended with ${code}:\n${output.trim()}`)),
    )
  })
}

async function part(name, work) {
  const started = Date.now()
  process.stderr.write(`setup: ${name} ...\n`)
  await work()
  process.stderr.write(`setup: ${name}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

// ---- the parts ------------------------------------------------------------

const lockFile = join(repository, 'package-lock.json')
const modules = join(repository, 'node_modules')
const modulesStamp = join(modules, '.drawbridge-stamp')

/** npm keeps its own copy of the lock in node_modules; equal versions there mean that npm ci would change nothing. */
function installedByHand() {
  const own = read(join(modules, '.package-lock.json'))
  if (!own) return false
  const installed = JSON.parse(own).packages
  return Object.entries(JSON.parse(read(lockFile)).packages).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  )
}

function nodeModules() {
  if (!existsSync(lockFile)) return undefined
  const wanted = hash(lockFile)
  if (read(modulesStamp) === wanted) return undefined
  if (installedByHand()) {
    writeFileSync(modulesStamp, wanted)
    return undefined
  }
  return ['npm packages', async () => {
    await run('npm', ['ci', '--no-audit', '--no-fund'])
    writeFileSync(modulesStamp, wanted)
  }]
}

/** @param {string} folder where it lives @param {string} list its list of exact versions */
function virtualEnvironment(folder, list) {
  const wanted = hash(list)
  const stamp = join(folder, '.drawbridge-stamp')
  if (read(stamp) === wanted) return undefined
  return async () => {
    const python = await findPython()
    // A half-made environment, or one for another list, is not repaired but made again.
    rmSync(folder, { recursive: true, force: true })
    try {
      await run(python, ['-m', 'venv', folder])
    } catch (error) {
      throw new SetupError(
        `Creating a Python virtual environment failed. The venv module may be missing; ` +
          `on Debian and Ubuntu install the package python3-venv, then start again.\n${error.message}`,
      )
    }
    await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', '-r', list])
    writeFileSync(stamp, wanted)
  }
}

async function findPython() {
  const tried = []
  for (const name of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    if (!findOnPath(name)) continue
    const version = await run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).then((out) => out.trim(), () => '')
    const [major, minor] = version.split('.').map(Number)
    if (major === 3 && minor >= 10) return name
    tried.push(`${name} is ${version || 'unusable'}`)
  }
  throw new SetupError(
    `The local cloud needs Python 3.10 or newer${tried.length ? `, but ${tried.join(', ')}` : ', and no python3 was found on the PATH'}. ` +
      `Install it (package python3 with python3-venv, or from python.org) and start again.`,
  )
}

/** What has to be done, and nothing when everything is in order. */
function toDo() {
  const requirements = (name) => join(repository, 'local', 'requirements', `${name}.txt`)
  const work = [nodeModules()]
  for (const [name, folder, list] of [
    ['the emulator', join(home, 'emulator'), requirements('emulator')],
    ['sam, aws and cfn-lint', join(home, 'tools'), requirements('tools')],
  ]) {
    const make = virtualEnvironment(folder, list)
    if (make) work.push([name, make])
  }
  return work.filter((entry) => entry !== undefined)
}

// ---- one at a time --------------------------------------------------------

const lock = join(home, 'setup.lock')
const owner = join(lock, 'pid')

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** mkdir is atomic: of two processes that start at once, one installs and the other waits and then finds it done. */
async function underLock(work) {
  mkdirSync(home, { recursive: true })
  for (let told = false; ; await new Promise((wake) => setTimeout(wake, 200))) {
    try {
      mkdirSync(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const pid = Number(read(owner))
    const age = Date.now() - (existsSync(lock) ? statSync(lock).mtimeMs : Date.now())
    // A process that was killed leaves its lock; without a pid it died in the instant after mkdir.
    if (pid ? !alive(pid) : age > 5000) rmSync(lock, { recursive: true, force: true })
    else if (!told) {
      process.stderr.write(`setup: another process (${pid}) is installing, waiting for it\n`)
      told = true
    }
  }
  writeFileSync(owner, String(process.pid))
  try {
    await work()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

// ---- and then the command -------------------------------------------------

function runCommand([command, ...args]) {
  const path = [join(modules, '.bin'), join(home, 'tools', 'bin'), process.env['PATH']].join(delimiter)
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, PATH: path } })
  const forward = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  child.on('error', (error) => {
    process.stderr.write(`setup: ${command} could not be started: ${error.message}\n`)
    process.exitCode = 127
  })
  child.on('exit', (code, signal) => {
    if (!signal) return process.exit(code ?? 1)
    // Die of the same signal, so that whoever started us sees the truth.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

try {
  if (!findOnPath('git')) {
    throw new SetupError('git was not found on the PATH. Repositories of the local cloud are git repositories: install git and start again.')
  }
  if (toDo().length > 0) {
    await underLock(async () => {
      await Promise.all(toDo().map(([name, work]) => part(name, work)))
    })
  }
  const command = process.argv.slice(process.argv[2] === '--' ? 3 : 2)
  if (command.length > 0) runCommand(command)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  process.stderr.write(`setup: ${error.message}\n`)
  process.exitCode = 1
}
