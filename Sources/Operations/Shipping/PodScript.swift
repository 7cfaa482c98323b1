internal import FoundationEssentials

/// What runs in a pod to take a release: a fixed text, every value an argument.
///
/// It unpacks stdin into a stage folder, says which trees are missing or lets `sds-init` verify, unpack and switch, and
/// asks the supervisor to take the release between two jobs. It always reads all of its input, removes its stage before
/// it says anything, and ends by itself when nobody listens any more.
package enum PodScript {
    /// The name of the last member of a stage: without it the client died while it sent.
    static let end = "end"

    package static let text = #"""
        release=$1 sequence=$2 bytes=$3
        shift 3
        umask 077
        root=${SDS_ROOT:-/sds}
        stage=$root/.stage-$$
        say() { printf '%s\n' "$1" | timeout 20 cat; }
        fail() {
            rm -rf "$stage"
            say "failed $1"
            exit 1
        }
        absent=
        for tool in grep head tar tail timeout sds-init; do
            command -v "$tool" >/dev/null 2>&1 || absent="$absent $tool"
        done
        if [ -n "$absent" ]; then
            cat >/dev/null
            printf 'failed these programs are missing in the container:%s\n' "$absent"
            exit 1
        fi
        for old in "$root"/.stage-*; do
            grep -q sds-ship "/proc/${old##*-}/cmdline" 2>/dev/null || rm -rf "$old"
        done
        rm -rf "$stage"
        trouble=$(head -c "$bytes" | {
            mkdir "$stage" 2>&1 && tar -x -m -f - -C "$stage" 2>&1 && printf ok
            cat >/dev/null
        })
        case $trouble in
            *ok) ;;
            *) fail "unpacking: $trouble" ;;
        esac
        if [ ! -e "$stage/end" ]; then
            rm -rf "$stage"
            exit 1
        fi
        missing=
        while [ $# -gt 1 ]; do
            held=
            patch=$stage/${1%"${1#????????????????}"}.patch
            for place in "$stage/$2" "$patch" "$root"/releases/*/.sds/manifests/"$1"; do
                if [ -e "$place" ]; then held=1; fi
            done
            [ -n "$held" ] || missing="$missing $1"
            shift 2
        done
        if [ -n "$missing" ]; then
            rm -rf "$stage"
            trees=
            for manifest in "$root"/releases/*/.sds/manifests/*; do
                [ ! -e "$manifest" ] || trees="$trees ${manifest##*/}"
            done
            say "missing$missing
        trees$trees"
            exit 0
        fi
        if ! SDS_CHUNKS=$stage SDS_RELEASE=$release SDS_SEQUENCE=$sequence SDS_TERMINATION_LOG=/dev/null \
            sds-init >"$stage/receipt" 2>"$stage/errors"; then
            fail "$(tail -c 2000 "$stage/errors")"
        fi
        receipt=$(cat "$stage/receipt")
        rm -rf "$stage"
        tries=0
        until state=$(sds-state 2>&1); do
            tries=$((tries + 1))
            [ "$tries" -lt 60 ] || fail "the release is in the pod, but its supervisor doesn't run: $state"
            sleep 0.5
        done
        case $state in
            *'"release":"'"$release"'","sequence":'"$sequence",*) ;;
            *'"then":"hold"'*) ;;
            *) trouble=$(sds-drain --restart 2>&1) || fail "the release is in the pod, but not taken: $trouble" ;;
        esac
        say "receipt $receipt
        state $state"
        """#

    /// Ends when the supervisor's program runs the release, with 3 after most of a minute: the caller asks again.
    package static let waiting = #"""
        release=$1 sequence=$2 tries=0
        while [ "$tries" -lt 45 ]; do
            case $(sds-state 2>/dev/null) in
                '{"state":"idle"'*'"release":"'"$release"'","sequence":'"$sequence",*) exit 0 ;;
                '{"state":"busy"'*'"release":"'"$release"'","sequence":'"$sequence",*) exit 0 ;;
            esac
            tries=$((tries + 1))
            sleep 1
        done
        exit 3
        """#

    static func command(_ parcel: Parcel, bytes: Int) -> [String] {
        ["sh", "-c", text, "sds-ship", parcel.release, String(parcel.sequence), String(bytes)]
            + parcel.trees.flatMap { [$0.digest, $0.files.last?.name ?? PodScript.end] }
    }

    static func waitingCommand(_ parcel: Parcel) -> [String] {
        ["sh", "-c", waiting, "sds-ship", parcel.release, String(parcel.sequence)]
    }
}

/// What `sds-init` says of the release that the pod now holds.
package struct Receipt: Sendable, Equatable, Codable {
    package var release: String
    package var sequence: Int
    /// unpacked, unchanged, or kept: the pod held a newer one.
    package var result: String
    package var files: Int
    package var bytes: Int
    package var seconds: Double
}

/// What the supervisor was doing when it was asked to take the release.
package struct SupervisorState: Sendable, Equatable, Decodable {
    package var state: String
    package var active: Int
    package var release: String
    package var sequence: Int
    package var then: String
}

/// The script's answer.
package enum PodAnswer: Sendable, Equatable {
    /// Digests of trees: those it lacks of the release, and those that it holds of others.
    case missing(trees: Set<String>, held: Set<String>)
    case held(Receipt, SupervisorState)
    case failed(String)

    package init(output: String, errors: String) {
        let lines = output.split(separator: "\n")
        func rest(_ word: String) -> Substring? {
            lines.first { $0.hasPrefix(word + " ") }?.dropFirst(word.count + 1)
        }
        if let trees = rest("missing") {
            let held = rest("trees") ?? ""
            self = .missing(
                trees: Set(trees.split(separator: " ").map(String.init)),
                held: Set(held.split(separator: " ").map(String.init)))
        } else if let receipt = rest("receipt"), let state = rest("state") {
            do {
                let decoder = JSONDecoder()
                self = .held(
                    try decoder.decode(Receipt.self, from: Data(receipt.utf8)),
                    try decoder.decode(SupervisorState.self, from: Data(state.utf8)))
            } catch {
                self = .failed("the pod's receipt can't be read: \(String(output.prefix(500)).printable)")
            }
        } else if output.hasPrefix("failed ") {
            self = .failed(output.dropFirst(7).split(separator: "\n").joined(separator: " | ").printable)
        } else {
            let said = (errors.isEmpty ? output : errors).prefix(500)
            self = .failed("the pod gave no receipt" + (said.isEmpty ? "" : ": \(String(said).printable)"))
        }
    }
}
