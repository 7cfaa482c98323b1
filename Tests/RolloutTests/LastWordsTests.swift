import Kubernetes
import Testing

@testable import Rollout

@Suite("A container's last words")
struct LastWordsTests {
    static let traceback = """
        [2026-01-01 00:00:00 +0000] [7] [INFO] Starting gunicorn 23.0.0
        Traceback (most recent call last):
          File "/usr/lib/a.py", line 1, in <module>
            import celeryconfig
        ModuleNotFoundError: No module named 'celeryconfig'

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "/sds/current/ops/mozart/run.py", line 3, in <module>
            main()
        RuntimeError: no configuration
        [2026-01-01 00:00:01 +0000] [7] [INFO] Worker exiting
        """

    static let ignored = """
        Exception ignored in: <function _removeHandlerRef at 0x7fefcb039760>
        Traceback (most recent call last):
          File "/usr/lib/python3.11/logging/__init__.py", line 855, in _removeHandlerRef
        RuntimeError: greenlet is being finalized
        """

    @Test(
        "the reason is the last exception, else the last line",
        arguments: [
            (traceback, "RuntimeError: no configuration"), ("one\n  two  \n\n", "two"), ("", nil), (" \n", nil),
            ("Traceback (most recent call last):\n  File \"a\", line 1\n", "File \"a\", line 1"),
            ("KeyError: 'x'\n[7] [INFO] Worker exiting\n[1] [ERROR] Shutting down: Master\n", "KeyError: 'x'"),
            ("no Error: here\nconnection refused\n", "connection refused"),
            (traceback + "\n" + ignored + "\n", "RuntimeError: no configuration"), (ignored, nil),
            (ignored + "\n[7] [INFO] Bye\nException ignored in sys.unraisablehook", "[7] [INFO] Bye"),
        ] as [(String, String?)])
    func reason(text: String, reason: String?) {
        #expect(LastWords(text).reason == reason)
    }

    @Test func `the lines before it tell how it came to that`() {
        #expect(
            LastWords(Self.traceback).context(2) == [
                "  File \"/sds/current/ops/mozart/run.py\", line 3, in <module>", "    main()",
            ])
        #expect(LastWords("one\ntwo").context(6) == ["one"])
        #expect(LastWords("").context(6).isEmpty)
    }

    @Test func `a cause fits a line: where, what, and the exception alone`() {
        let cause = Cause(
            .crash, subject: ObjectKey(kind: "Deployment", namespace: "n", name: "mozart-rest"), pod: "mozart-rest-1",
            container: "mozart-rest", clusterReason: "CrashLoopBackOff", exitCode: 1, restarts: 2,
            terminationMessage: Self.traceback)
        #expect(
            cause.description
                == "pod mozart-rest-1: container mozart-rest: CrashLoopBackOff, exit code 1, 2 restarts: "
                + "RuntimeError: no configuration")
    }
}
