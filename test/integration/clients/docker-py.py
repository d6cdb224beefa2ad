# SPDX-License-Identifier: Apache-2.0
"""What Debian's python3-docker does against an engine: argv[1] is its socket's URL. Prints one line per deed."""
import io
import sys
import tarfile
import threading
import time

import docker

client = docker.DockerClient(base_url=sys.argv[1], version='auto')


def deed(name, condition):
    print(('ok ' if condition else 'NOT OK ') + name, flush=True)


def refusal(status, call):
    """True when the call is refused with this status."""
    try:
        call()
    except docker.errors.APIError as error:
        return error.response.status_code == status
    return False


def archive(name, content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w') as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def unpacked(chunks):
    with tarfile.open(fileobj=io.BytesIO(b''.join(chunks))) as tar:
        return {entry.name: tar.extractfile(entry).read() if entry.isfile() else None for entry in tar}


deed('pings', client.ping() is True)
deed('negotiates a version', client.api.api_version >= '1.24')
deed('runs and gives the output', client.containers.run('busybox', 'echo hello', remove=True) == b'hello\n')
try:
    client.containers.run('busybox', 'sh -c "echo bad >&2; exit 7"', remove=True)
    deed('raises on a bad exit', False)
except docker.errors.ContainerError as error:
    deed('raises on a bad exit', error.exit_status == 7 and error.stderr == b'bad\n')
try:
    client.containers.run('nope/nope:1', 'true')
    deed('knows an image that is not there', False)
except docker.errors.APIError:
    deed('knows an image that is not there', True)
container = client.containers.run(
    'busybox', 'sh -c "echo one; echo two; sleep 600"', detach=True, name='py', labels={'k': 'v'},
    environment={'A': '1'}, mem_limit='32m', ports={'80/tcp': None}, volumes={'/tmp': {'bind': '/t', 'mode': 'ro'}})
deed('runs in the background', container.status in ('created', 'running'))
container.reload()
deed('reloads', container.status == 'running' and container.attrs['HostConfig']['Memory'] == 33554432)
deed('finds by label', [c.name for c in client.containers.list(filters={'label': 'k=v'})] == ['py'])
deed('has a published port', int(container.ports['80/tcp'][0]['HostPort']) > 0)
result = container.exec_run('sh -c "echo in; echo err >&2; exit 4"', demux=True)
deed('execs', result.exit_code == 4 and result.output == (b'in\n', b'err\n'))
deed('execs and streams', b''.join(container.exec_run('seq 1 3', stream=True).output) == b'1\n2\n3\n')
deed('reads logs', container.logs(stdout=True) == b'one\ntwo\n')
stream = container.logs(stream=True, follow=True)
deed('follows logs', next(stream) in (b'one\n', b'one\ntwo\n'))
stream.close()
container.pause()
container.reload()
deed('pauses', container.status == 'paused')
container.unpause()
container.rename('py2')
container.restart(timeout=0)
container.reload()
deed('renames and restarts', container.name == 'py2' and container.status == 'running')
container.stop(timeout=0)
deed('stops', container.wait()['StatusCode'] == 137)
container.stop()
deed('stops what is stopped', True)
container.remove()
try:
    client.containers.get('py2')
    deed('removes', False)
except docker.errors.NotFound:
    deed('removes', True)
attached = client.containers.create('busybox', 'cat', stdin_open=True)
socket = attached.attach_socket(params={'stdin': 1, 'stdout': 1, 'stream': 1})
attached.start()
socket._sock.sendall(b'raw\n')
deed('attaches a socket', socket._sock.recv(64).endswith(b'raw\n'))
attached.remove(force=True)
image = client.images.get('busybox')
deed('gets an image', 'busybox:latest' in image.tags)
deed('tags an image', image.tag('py/box', '1') is True)
client.images.remove('py/box:1')
deed('lists images', len(client.images.list()) >= 1)
events = [event['Action'] for event in client.events(since=1, until=2, decode=True)]
deed('reads events of a past without any', events == [])
deed('lists networks', {n.name for n in client.networks.list()} >= {'bridge', 'host', 'none'})

# Every call of a container's object, on one that runs and one that does not.
worker = client.containers.create(
    'busybox', ['sh', '-c', 'trap "exit 9" TERM; echo begun; echo low >&2; while :; do sleep 0.1; done'],
    name='worker', hostname='hosted', user='root', working_dir='/tmp', tty=False, labels=['plain'],
    cpu_shares=512, cpuset_cpus='0', mem_limit='64m', memswap_limit='64m', pids_limit=50, shm_size='8m',
    cap_add=['NET_ADMIN'], cap_drop=['MKNOD'], security_opt=['no-new-privileges'], extra_hosts={'far': '10.1.2.3'},
    tmpfs={'/scratch': 'size=1m'}, ulimits=[docker.types.Ulimit(name='nofile', soft=100, hard=200)],
    log_config=docker.types.LogConfig(type='json-file', config={'max-size': '1m'}), stop_signal='SIGTERM',
    restart_policy={'Name': 'on-failure', 'MaximumRetryCount': 2}, sysctls={'net.ipv4.ip_forward': '0'},
    mounts=[docker.types.Mount('/kept', 'pyvolume', type='volume')], dns=['10.0.0.53'], init=None,
    healthcheck={'test': ['CMD', 'true'], 'interval': 300_000_000, 'timeout': 20_000_000_000})
deed('creates with many settings', worker.status == 'created' and worker.attrs['Config']['Labels'] == {'plain': ''})
deed('puts an archive into one that never ran', worker.put_archive('/', archive('given', b'from python')) is True)
worker.start()
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    worker.reload()
    if worker.attrs['State'].get('Health', {}).get('Status') == 'healthy':
        break
    time.sleep(0.1)
deed('sees health', worker.attrs['State']['Health']['Status'] == 'healthy')
deed('has its settings inside', worker.exec_run(
    ['sh', '-c', 'hostname; pwd; ulimit -n; grep -c far /etc/hosts; cat /given; cat /proc/sys/net/ipv4/ip_forward']
).output == b'hosted\n/tmp\n100\n1\nfrom python0\n')
deed('tops', any('sleep' in ' '.join(row) or 'sh' in ' '.join(row) for row in worker.top()['Processes'])
     and 'PID' in worker.top(ps_args='aux')['Titles'])
usage = worker.stats(stream=False)
deed('samples', usage['memory_stats']['limit'] == 67108864 and usage['name'] == '/worker')
following = worker.stats(decode=True, stream=True)
deed('streams samples', next(following)['id'] == worker.id and next(following)['read'] != '')
following.close()
chunks, stat = worker.get_archive('/given')
deed('gets an archive', unpacked(chunks) == {'given': b'from python'} and stat['name'] == 'given' and stat['size'] == 11)
deed('is refused a path that is not there', refusal(404, lambda: worker.get_archive('/nowhere')))
deed('writes through a volume', worker.exec_run('sh -c "echo kept > /kept/file; echo new > /new"').exit_code == 0)
changes = {entry['Path']: entry['Kind'] for entry in worker.diff()}
deed('tells changes', changes.get('/new') == 1 and changes.get('/given') == 1)
deed('exports', unpacked(worker.export())['new'] == b'new\n')
committed = worker.commit(repository='py/committed', tag='1', message='made', author='py', changes='CMD ["cat", "/new"]')
deed('commits', client.containers.run('py/committed:1', remove=True) == b'new\n' and committed.tags == ['py/committed:1'])
client.images.remove('py/committed:1')
deed('updates', worker.update(mem_limit='96m', memswap_limit='96m')['Warnings'] in (None, []))
worker.reload()
deed('and has the new limit', worker.attrs['HostConfig']['Memory'] == 100663296)
deed('reads parts of logs', worker.logs(stdout=False, stderr=True) == b'low\n'
     and worker.logs(tail=0) == b'' and worker.logs(stderr=False, timestamps=True).endswith(b'Z begun\n'))
deed('reads logs since and until', worker.logs(since=int(time.time()) + 3600) == b''
     and worker.logs(until=1) == b'')
# This client reads ahead behind the headers and forgets what it read: what comes at once with them can be lost to it.
deed('attaches to what was said',
     any(worker.attach(stdout=True, stderr=False, stream=False, logs=True) == b'begun\n' for _ in range(5)))
# docker-py loses what comes in one piece with the answer's head: only what is said later can be relied on.
listener = worker.attach(stream=True, stdout=True, stderr=True, demux=True)
worker.exec_run('sh -c "sleep 0.5; echo aside > /proc/1/fd/2"')
deed('attaches and tells streams apart', next(listener) == (None, b'aside\n'))
made = client.api.exec_create(worker.id, 'cat', stdin=True, environment={'A': 'b'}, workdir='/tmp', user='nobody')
deed('makes an exec', client.api.exec_inspect(made['Id'])['Running'] is False)
channel = client.api.exec_start(made['Id'], socket=True)
channel._sock.sendall(b'to and fro\n')
deed('speaks to an exec', channel._sock.recv(64).endswith(b'to and fro\n'))
channel._sock.close()
terminal = client.api.exec_create(worker.id, 'sh -c "sleep 0.5; stty size"', tty=True)
screen = client.api.exec_start(terminal['Id'], tty=True, stream=True)
client.api.exec_resize(terminal['Id'], height=33, width=77)
deed('resizes an exec', b''.join(screen).strip() == b'33 77')
worker.exec_run('sleep 600', detach=True)
deed('pauses and is refused an exec', worker.pause() is None and refusal(409, lambda: worker.exec_run('true')))
worker.unpause()
deed('refuses what is not allowed', refusal(409, worker.remove) and refusal(409, lambda: client.containers.create(
    'busybox', name='worker')) and refusal(404, lambda: client.containers.get('nobody')))
waiting = {}
waiter = threading.Thread(target=lambda: waiting.update(worker.wait(timeout=120, condition='next-exit')))
waiter.start()
time.sleep(0.5)
worker.kill(signal='SIGTERM')
waiter.join(120)
deed('waits for the end that a signal brought', waiting['StatusCode'] == 9)
worker.reload()
deed('a killed one is not restarted', worker.status == 'exited' and worker.attrs['RestartCount'] == 0)
chunks, _ = worker.get_archive('/kept/file')
deed('reads a volume of one that stopped', unpacked(chunks) == {'file': b'kept\n'})
deed('prunes', worker.id in (client.containers.prune(filters={'label': 'plain'})['ContainersDeleted'] or []))
deed('lists with filters', client.containers.list(all=True, filters={'name': 'worker'}) == [])
client.volumes.get('pyvolume').remove()

# Modes of networks, links, and what the low-level client has beside.
base = client.containers.run('busybox', 'httpd -f -p 80 -h /etc', detach=True, name='base', ports={'80/tcp': ('127.0.0.1', 8099)})
base.reload()
deed('publishes at an address', base.ports['80/tcp'] == [{'HostIp': '127.0.0.1', 'HostPort': '8099'}])
deed('tells a port', client.api.port(base.id, 80) == [{'HostIp': '127.0.0.1', 'HostPort': '8099'}])
deed('links', client.containers.run('busybox', 'wget -qO- http://site/hostname', links={'base': 'site'}, remove=True)
     == base.attrs['Config']['Hostname'].encode() + b'\n')
deed('shares a network', b'127.0.0.1' in client.containers.run(
    'busybox', 'wget -qO- http://127.0.0.1/hosts', network_mode='container:base', remove=True))
deed('lists all, the newest first', [c.name for c in client.containers.list(all=True, limit=1)] == ['base'])
deed('lists before and since', client.containers.list(all=True, filters={'since': 'base'}) == []
     and client.containers.list(filters={'ancestor': 'busybox', 'status': 'running'})[0].name == 'base')
deed('tells sizes', client.api.containers(size=True)[0]['SizeRootFs'] > 0)
began = int(time.time()) - 600
base.remove(force=True, v=True)
events = [event['Action'] for event in client.events(
    since=began, until=int(time.time()) + 1, decode=True, filters={'container': base.id, 'type': 'container'})]
deed('reads what happened to one', events[:2] == ['create', 'start'] and events[-1] == 'destroy')
deed('has nothing left', client.containers.list(all=True) == [])
deed('tells the disk, the version and the machine', client.version()['Os'] == 'linux' and client.info()['Containers'] == 0)
print('done', flush=True)
