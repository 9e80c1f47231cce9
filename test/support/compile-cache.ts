import { enableCompileCache, getCompileCacheDir } from 'node:module'

// Every test file is a process of its own that loads the same rooms, and some start programs that do so too:
// the compiled code is kept between them.
enableCompileCache()
process.env.NODE_COMPILE_CACHE ??= getCompileCacheDir()
