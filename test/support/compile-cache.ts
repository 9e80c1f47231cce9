import { enableCompileCache } from 'node:module'

// Every test file is a process of its own that loads the same rooms: the compiled code is kept between them.
enableCompileCache()
