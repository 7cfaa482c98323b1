import FakeCluster

/// What the shell commands of this suite do, told to the fake. Real servers run them.
enum Scripts {
    static let exitThree = ["sh", "-c", "exit 3"]
    static let bothStreams = ["sh", "-c", "echo out; echo err >&2; exit 4"]
    static let megabyte = ["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"]
    static func boundedDigest(_ count: Int) -> [String] { ["sh", "-c", "head -c \(count) | sha256sum"] }
    static let digestSize = 3_000_000

    static func add(to fake: FakeCluster) {
        fake.script(exitThree, ExecScript(.exit(3)))
        fake.script(bothStreams, ExecScript(.output("out\n"), .errors("err\n"), .exit(4)))
        fake.script(megabyte, ExecScript(.fill(bytes: 1_000_000), .exit(0)))
        fake.script(boundedDigest(digestSize), ExecScript(.take(bytes: digestSize), .digest, .exit(0)))
    }
}
