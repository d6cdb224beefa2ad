# SPDX-License-Identifier: Apache-2.0
"""What Debian's python3-docker does against an engine: argv[1] is its socket's URL. Prints one line per deed."""
import sys

import docker

client = docker.DockerClient(base_url=sys.argv[1], version='auto')


def deed(name, condition):
    print(('ok ' if condition else 'NOT OK ') + name, flush=True)


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
print('done', flush=True)
