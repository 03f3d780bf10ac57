// What programs printed that failed, as they did on Debian 12; paths are shortened.

export const parallelMake = `gcc -Wall -c a.c -o a.o
gcc -Wall -Werror=format -c c.c -o c.o
c.c: In function ‘c’:
c.c:4:10: error: ‘missing’ undeclared (first use in this function)
    4 |   return missing;
      |          ^~~~~~~
c.c:4:10: note: each undeclared identifier is reported only once for each function it appears in
c.c:3:7: warning: unused variable ‘unused’ [-Wunused-variable]
    3 |   int unused;
      |       ^~~~~~
make: *** [Makefile:3: c.o] Error 1
make: *** Waiting for unfinished jobs....
${Array.from({ length: 400 }, (_, i) => `gcc -Wall -c error${i}.c -o error${i}.o`).join("\n")}
make: Target 'all' not remade because of errors.`;

export const ninja = `[1/4] Building C object CMakeFiles/x.dir/c.c.o
FAILED: CMakeFiles/x.dir/c.c.o 
/usr/bin/cc    -MD -MT CMakeFiles/x.dir/c.c.o -o CMakeFiles/x.dir/c.c.o -c /src/c.c
/src/c.c: In function ‘c’:
/src/c.c:4:10: error: ‘missing’ undeclared (first use in this function)
    4 |   return missing;
      |          ^~~~~~~
[2/4] Building C object CMakeFiles/x.dir/a.c.o
ninja: build stopped: subcommand failed.`;

export const cmake = `-- Detecting C compile features - done
-- Looking for strerror_r - not found
-- Performing Test HAS_ERROR: FAILED
CMake Error at CMakeLists.txt:3 (find_package):
  By not providing "FindNope.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file provided by "Nope", but
  CMake did not find one.

  Could not find a package configuration file provided by "Nope" with any of
  the following names:

    NopeConfig.cmake


-- Configuring incomplete, errors occurred!`;

export const cargo = `   Compiling thiserror v1.0.0
   Compiling x v0.1.0 (/build/source/x)
error[E0308]: mismatched types
 --> src/main.rs:1:25
  |
1 | fn main(){ let x: u32 = "a"; }
  |                   ---   ^^^ expected \`u32\`, found \`&str\`

For more information about this error, try \`rustc --explain E0308\`.
error: could not compile \`x\` (bin "x") due to 1 previous error`;

export const python = `running build
Traceback (most recent call last):
  File "/build/source/setup.py", line 1, in <module>
    import nope
ModuleNotFoundError: No module named 'nope'`;

export const pytest = `F                                                                        [100%]
=================================== FAILURES ===================================
    def test_a():
>       assert 1 == 2
E       assert 1 == 2

test_a.py:2: AssertionError
=========================== short test summary info ============================
FAILED test_a.py::test_a - assert 1 == 2
1 failed in 0.16s`;
