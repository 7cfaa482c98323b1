import Testing

@testable import Operations

@Suite("A command that the runtime can't start")
struct RunTests {
    @Test(
        "has a shell's code only when it is the command itself",
        arguments: [
            (#"OCI runtime exec failed: exec: "nosuch": executable file not found in $PATH: unknown"#, 127),
            (
                #"starting container process caused "exec: \"nosuch\": executable file not found in $PATH": unknown"#,
                127
            ),
            (#"exec: "nosuch": stat nosuch: no such file or directory: unknown"#, 127),
            ("exec nosuch: no such file or directory", 127),
            ("executable file `nosuch` not found in $PATH: No such file or directory", 127),
            (#"exec: "nosuch": permission denied: unknown"#, 126),
            (#"chdir to cwd ("/sds/current/ops") set in config.json failed: no such file or directory"#, nil),
            ("open /run/containerd/io.containerd.task/a/init.pid: no such file or directory", nil),
            (#"exec: "other": executable file not found in $PATH"#, nil), ("container not running", nil),
        ] as [(String, Int32?)])
    func codes(message: String, code: Int32?) {
        #expect(Run.shellCode(for: message, of: "nosuch") == code)
    }
}
