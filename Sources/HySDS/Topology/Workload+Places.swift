internal import Kubernetes

extension Workload {
    /// Where a file of it lies in its pods: HOME, the current release, or the Secret's volume.
    package func path(inPodOf file: FileDeclaration) -> String {
        if file.isInHome {
            let home = object.environment(ofContainer: name)["HOME"] ?? nil
            return "\(home ?? "~")/\(file.destination.dropFirst(2))"
        }
        return (hasRelease ? "/sds/current/" : "/sds-secrets/") + file.destination
    }

    /// Its mode there: what a service demands in HOME, the volume's elsewhere.
    package func mode(inPodOf file: FileDeclaration) -> UInt16 {
        if file.isInHome { return file.mode }
        return file.isSecret ? 0o440 : file.mode & 0o111 == 0 ? 0o644 : 0o755
    }
}
